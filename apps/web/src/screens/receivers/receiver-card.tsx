import type { ReceiverView } from '@periodic-backup/contracts/http';
import { Link } from '@tanstack/react-router';
import { Card } from '../../design/page/card.js';
import { Fact, Facts } from '../../design/page/facts.js';
import { UsageBar } from '../../design/progress/progress-bar.js';
import { Callout } from '../../design/feedback/callout.js';
import { StateBadge } from '../../design/state/state-badge.js';
import { presenceLooks } from '../../design/state/states.js';
import { RelativeTime } from '../../design/time/relative-time.js';
import { formatBytes, formatCount } from '../../format/sizes.js';
import { ReceiverActions } from './receiver-actions.js';
import styles from './receivers.module.css';

/** A receiver: where it listens and writes, how many clients it has, and what can be done with it. */
export function ReceiverCard({ receiver }: { readonly receiver: ReceiverView }) {
  const { receiverId, host, port, targetDir, vaultName, online, draining } = receiver;
  const { vaultWritable, freeBytes, totalBytes, version, startedAt, seenAt } = receiver;
  const look = !online ? presenceLooks.offline : draining ? presenceLooks.draining : presenceLooks.online;
  return (
    <Card title={receiverId} aside={<StateBadge look={look} />}>
      <div className={styles.receiver}>
        {online ? (
          <Clients receiver={receiver} />
        ) : (
          <p className={styles.muted}>
            Last seen <RelativeTime at={seenAt} />. Its agents wait or go to another receiver of the vault.
          </p>
        )}
        {online && !vaultWritable && (
          <Callout tone="bad" title="Its target directory cannot be written">
            Look whether the disk is mounted, full or read only at {targetDir}.
          </Callout>
        )}
        <Facts>
          <Fact name="Host and port" mono>
            {host}:{port}
          </Fact>
          <Fact name="Target directory" mono>
            {targetDir}
          </Fact>
          <Fact name="Vault">
            <Link to="/vaults">{vaultName}</Link>
          </Fact>
          <Fact name="Free">
            {formatBytes(freeBytes)} of {formatBytes(totalBytes)}
          </Fact>
          <Fact name="Running">
            {online ? (
              <>
                since <RelativeTime at={startedAt} />, version {version}
              </>
            ) : (
              `no, was version ${version}`
            )}
          </Fact>
        </Facts>
        <ReceiverActions receiver={receiver} />
      </div>
    </Card>
  );
}

function Clients({ receiver }: { readonly receiver: ReceiverView }) {
  const { receiverId, activeSessions, maxClients, draining } = receiver;
  const share = activeSessions / maxClients;
  return (
    <div className={styles.clients}>
      <p>
        <b className={styles.figure}>{formatCount(activeSessions)}</b> of {formatCount(maxClients)} clients
        {draining && ', takes no new ones'}
      </p>
      <UsageBar
        label={`Clients of ${receiverId}`}
        share={share}
        tone={share >= 1 ? 'warn' : 'run'}
        value={`${activeSessions} of ${maxClients}`}
      />
      {share >= 1 && !draining && (
        <p className={styles.muted}>It is full: further runs wait until a client is done.</p>
      )}
    </div>
  );
}
