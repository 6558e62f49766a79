import type { AgentView } from '@periodic-backup/contracts/http';
import { useQuery } from '@tanstack/react-query';
import { apiQuery } from '../../api/queries.js';
import { useMay } from '../../api/use-may.js';
import { ButtonLink } from '../../design/button/button-link.js';
import { Dialog } from '../../design/dialog/dialog.js';
import { ErrorState } from '../../design/feedback/error-state.js';
import { SkeletonRows } from '../../design/feedback/skeleton.js';
import { Fact, Facts } from '../../design/page/facts.js';
import { StateBadge } from '../../design/state/state-badge.js';
import { presenceLooks } from '../../design/state/states.js';
import { RelativeTime } from '../../design/time/relative-time.js';
import { countOf } from '../../format/sizes.js';
import { AgentLimit } from './agent-limit.js';
import { CutOffAgent } from './cut-off-agent.js';
import styles from './agents.module.css';

/** An agent: what it may, what it does, and how much of the line it takes. */
export function AgentDialog({
  agentId,
  onClose,
}: {
  readonly agentId: string;
  readonly onClose: () => void;
}) {
  const agent = useQuery(apiQuery('GET /agents/{id}', { params: { id: agentId } }));
  const mayOperate = useMay('operate');
  const mayAdminister = useMay('administer');
  return (
    <Dialog isOpen onClose={onClose} title={agentId} size="large">
      {agent.data ? (
        <div className={styles.dialog}>
          <AgentFacts agent={agent.data} />
          <div className={styles.links}>
            <ButtonLink size="small" to="/plans" search={{ agent: agentId }}>
              Its plans
            </ButtonLink>
            <ButtonLink size="small" to="/runs" search={{ agent: agentId }}>
              Its runs
            </ButtonLink>
            {mayOperate && agent.data.online && (
              <ButtonLink size="small" to="/plans/new" search={{ agent: agentId }}>
                New plan
              </ButtonLink>
            )}
          </div>
          {mayOperate && <AgentLimit agent={agent.data} />}
          {mayAdminister && <CutOffAgent agentId={agentId} onDone={onClose} />}
        </div>
      ) : agent.error ? (
        <ErrorState error={agent.error} onRetry={() => void agent.refetch()} />
      ) : (
        <SkeletonRows what="the agent" />
      )}
    </Dialog>
  );
}

function AgentFacts({ agent }: { readonly agent: AgentView }) {
  const { online, hostname, version, startedAt, seenAt, activeRuns = [] } = agent;
  return (
    <Facts>
      <Fact name="State">
        <StateBadge look={online ? presenceLooks.online : presenceLooks.offline} />{' '}
        {online
          ? startedAt && (
              <span className={styles.muted}>
                started <RelativeTime at={startedAt} />
              </span>
            )
          : seenAt && (
              <span className={styles.muted}>
                last seen <RelativeTime at={seenAt} />: start <code>sender-agent</code> on its machine
              </span>
            )}
      </Fact>
      {online && (
        <Fact name="Under way">
          {activeRuns.length === 0 ? 'nothing' : countOf(activeRuns.length, 'run')}
        </Fact>
      )}
      {hostname && <Fact name="Host">{hostname}</Fact>}
      {version && <Fact name="Version">{version}</Fact>}
      <Directories name="May be backed up" directories={agent.allowedDirs} />
      <Directories name="Take backup copies, too" directories={agent.backupDirs} />
      <Directories name="Take restores, too" directories={agent.restoreDirs} />
    </Facts>
  );
}

function Directories({
  name,
  directories,
}: {
  readonly name: string;
  readonly directories: readonly string[] | undefined;
}) {
  if (!directories || directories.length === 0) return null;
  return (
    <Fact name={name} mono>
      <ul className={styles.paths}>
        {directories.map((directory) => (
          <li key={directory}>{directory}</li>
        ))}
      </ul>
    </Fact>
  );
}
