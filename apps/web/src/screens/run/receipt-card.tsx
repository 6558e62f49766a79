import type { Receipt, RunDetail } from '@periodic-backup/contracts/http';
import { Link } from '@tanstack/react-router';
import { Copyable } from '../../design/layout/copyable.js';
import { Fold } from '../../design/layout/fold.js';
import { Card } from '../../design/page/card.js';
import { Fact, Facts } from '../../design/page/facts.js';
import { StateBadge } from '../../design/state/state-badge.js';
import { presenceLooks } from '../../design/state/states.js';
import { RelativeTime } from '../../design/time/relative-time.js';
import { countOf, formatBytes } from '../../format/sizes.js';
import { isFinal } from '../../live/final-states.js';
import styles from './run.module.css';

/** Who received the run, and the signed statement that its snapshot is durable. */
export function ReceiptCard({ run }: { readonly run: RunDetail }) {
  const { receipt, receiver, receiverId } = run;
  return (
    <Card title="Receiver and receipt">
      <div className={styles.column}>
        <Facts>
          <Fact name="Receiver">
            {receiverId === null ? (
              isFinal(run.state) ? (
                'none'
              ) : (
                'none yet'
              )
            ) : (
              <>
                <Link to="/receivers">{receiverId}</Link>{' '}
                {receiver && (
                  <StateBadge look={receiver.online ? presenceLooks.online : presenceLooks.offline} />
                )}
              </>
            )}
          </Fact>
          {receiver && (
            <Fact name="Address" mono>
              {receiver.host}:{receiver.port}
            </Fact>
          )}
          {receipt && <ReceiptFacts receipt={receipt} />}
        </Facts>
        {receipt ? (
          <Fold title="The receipt as it was signed">
            <Copyable text={JSON.stringify(receipt, null, 2)} label="the receipt" />
          </Fold>
        ) : (
          run.kind === 'backup' && (
            <p className={styles.words}>
              A receiver signs a receipt once the snapshot would survive a power cut.{' '}
              {isFinal(run.state) ? 'This run has none.' : 'It is yet to come.'}
            </p>
          )
        )}
      </div>
    </Card>
  );
}

function ReceiptFacts({
  receipt: { snapshot, counts, committedAt, manifestDigest },
}: {
  readonly receipt: Receipt;
}) {
  return (
    <>
      <Fact name="Snapshot" mono>
        {snapshot}
      </Fact>
      <Fact name="Durable since">
        <RelativeTime at={committedAt} />
      </Fact>
      <Fact name="Holds">
        {countOf(counts.files, 'file')}, {formatBytes(counts.bytes)}; {countOf(counts.storedFiles, 'file')}{' '}
        new or changed, {countOf(counts.linkedFiles, 'file')} shared with the snapshot before
      </Fact>
      <Fact name="Manifest" mono>
        {manifestDigest}
      </Fact>
    </>
  );
}
