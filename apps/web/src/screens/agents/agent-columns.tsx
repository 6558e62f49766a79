import type { AgentView, Bandwidth } from '@periodic-backup/contracts/http';
import { StateBadge } from '../../design/state/state-badge.js';
import { presenceLooks } from '../../design/state/states.js';
import type { Column } from '../../design/table/column.js';
import { RelativeTime } from '../../design/time/relative-time.js';
import { countOf, formatRate } from '../../format/sizes.js';
import styles from './agents.module.css';

/** What a row of the list of agents shows. */
export const agentColumns: readonly Column<AgentView>[] = [
  {
    ...{ id: 'agent', header: 'Agent', width: 'minmax(8rem, 1fr)' },
    cell: ({ agentId }) => <span className={styles.name}>{agentId}</span>,
  },
  {
    ...{ id: 'state', header: 'State', width: '6.5rem' },
    cell: ({ online }) => <StateBadge look={online ? presenceLooks.online : presenceLooks.offline} />,
  },
  {
    ...{ id: 'load', header: 'Load', width: '5rem' },
    cell: (agent) => <Load agent={agent} />,
  },
  {
    ...{ id: 'directories', header: 'May read', width: 'minmax(10rem, 2.5fr)', dropBelow: 820 },
    cell: ({ allowedDirs }) =>
      allowedDirs ? (
        <code className={styles.path}>{allowedDirs.join('  ')}</code>
      ) : (
        <span className={styles.muted}>known when it is online</span>
      ),
  },
  {
    ...{ id: 'limit', header: 'Limit', width: '7.5rem', dropBelow: 980 },
    cell: ({ bandwidth }) => <span className={styles.muted}>{limitWords(bandwidth)}</span>,
  },
  {
    ...{ id: 'host', header: 'Host', width: 'minmax(5rem, 0.6fr)', dropBelow: 1240 },
    cell: ({ hostname }) => <span className={styles.muted}>{hostname}</span>,
  },
  {
    ...{ id: 'version', header: 'Version', width: '5rem', dropBelow: 1080 },
    cell: ({ version }) => <span className={styles.muted}>{version}</span>,
  },
  {
    ...{ id: 'seen', header: 'Last seen', width: '6rem', align: 'end' },
    cell: ({ seenAt }) => (seenAt ? <RelativeTime at={seenAt} inRow /> : '–'),
  },
];

/** An agent where there is no room for columns. */
export function CompactAgent({ agent }: { readonly agent: AgentView }) {
  const { agentId, online, seenAt } = agent;
  return (
    <>
      <span className={styles.top}>
        <span className={styles.name}>{agentId}</span>
        <StateBadge look={online ? presenceLooks.online : presenceLooks.offline} />
      </span>
      <span className={styles.second}>
        <Load agent={agent} />
        {seenAt && <RelativeTime at={seenAt} inRow />}
      </span>
    </>
  );
}

function Load({ agent: { online, activeRuns = [] } }: { readonly agent: AgentView }) {
  if (!online) return <span className={styles.muted}>–</span>;
  return activeRuns.length === 0 ? (
    <span className={styles.muted}>idle</span>
  ) : (
    <span className={styles.busy}>{countOf(activeRuns.length, 'run')}</span>
  );
}

/** A limit in words: `8.00 MiB/s, timetable`. */
export function limitWords(bandwidth: Bandwidth | null): string {
  if (bandwidth === null) return 'full speed';
  const rate = bandwidth.bytesPerSecond === null ? 'full speed' : formatRate(bandwidth.bytesPerSecond);
  return bandwidth.windows.length > 0 ? `${rate}, timetable` : rate;
}
