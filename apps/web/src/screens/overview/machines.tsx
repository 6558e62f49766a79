import type { AgentView, Overview, ReceiverView } from '@periodic-backup/contracts/http';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { apiQuery } from '../../api/queries.js';
import { Card } from '../../design/page/card.js';
import { UsageBar } from '../../design/progress/progress-bar.js';
import { StateBadge } from '../../design/state/state-badge.js';
import { presenceLooks } from '../../design/state/states.js';
import { RelativeTime } from '../../design/time/relative-time.js';
import { countOf, formatCount } from '../../format/sizes.js';
import styles from './machines.module.css';

const SHOWN = 6;

/** Receivers and agents, and how much they have to do; those that are away first. */
export function Machines({ overview: { agents, receivers } }: { readonly overview: Overview }) {
  const receiverList = useQuery(apiQuery('GET /receivers'));
  const agentList = useQuery(apiQuery('GET /agents'));
  return (
    <>
      <Card
        title="Receivers"
        aside={
          <Link to="/receivers">
            {receivers.online} of {receivers.total} online
          </Link>
        }
      >
        <ul className={styles.list}>
          {awayFirst(receiverList.data?.items ?? []).map((receiver) => (
            <Receiver key={receiver.receiverId} receiver={receiver} />
          ))}
        </ul>
        {receivers.total === 0 && <p className={styles.none}>No receiver has announced itself yet.</p>}
        <More total={receivers.total} to="/receivers" />
      </Card>
      <Card
        title="Agents"
        aside={
          <Link to="/agents">
            {agents.online} of {agents.total} online
          </Link>
        }
      >
        <ul className={styles.list}>
          {awayFirst(agentList.data?.items ?? []).map((agent) => (
            <Agent key={agent.agentId} agent={agent} />
          ))}
        </ul>
        {agents.total === 0 && <p className={styles.none}>No agent has announced itself yet.</p>}
        <More total={agents.total} to="/agents" />
      </Card>
    </>
  );
}

function Receiver({ receiver }: { readonly receiver: ReceiverView }) {
  const { receiverId, online, draining, activeSessions, maxClients, vaultName } = receiver;
  const look = !online ? presenceLooks.offline : draining ? presenceLooks.draining : presenceLooks.online;
  const share = activeSessions / maxClients;
  return (
    <li className={styles.machine}>
      <span className={styles.name}>
        {receiverId} <span className={styles.detail}>{vaultName}</span>
      </span>
      {online && !draining ? (
        <span className={styles.load}>
          <UsageBar
            label={`Clients of ${receiverId}`}
            share={share}
            tone={share >= 1 ? 'warn' : 'run'}
            value={`${activeSessions} of ${maxClients}`}
          />
          <span className={styles.figure}>
            {formatCount(activeSessions)} of {formatCount(maxClients)}
          </span>
        </span>
      ) : (
        <StateBadge look={look} />
      )}
    </li>
  );
}

function Agent({ agent }: { readonly agent: AgentView }) {
  const { agentId, online, activeRuns = [], seenAt } = agent;
  return (
    <li className={styles.machine}>
      <span className={styles.name}>{agentId}</span>
      {online ? (
        <span className={activeRuns.length > 0 ? styles.busy : styles.idle}>
          {activeRuns.length > 0 ? countOf(activeRuns.length, 'run') : 'idle'}
        </span>
      ) : (
        <span className={styles.away}>
          <StateBadge look={presenceLooks.offline} />
          {seenAt && (
            <span className={styles.detail}>
              <RelativeTime at={seenAt} />
            </span>
          )}
        </span>
      )}
    </li>
  );
}

function More({ total, to }: { readonly total: number; readonly to: '/agents' | '/receivers' }) {
  if (total <= SHOWN) return null;
  return (
    <p className={styles.none}>
      <Link to={to}>and {formatCount(total - SHOWN)} more</Link>
    </p>
  );
}

function awayFirst<T extends { readonly online: boolean }>(machines: readonly T[]): T[] {
  return [...machines].sort((a, b) => Number(a.online) - Number(b.online)).slice(0, SHOWN);
}
