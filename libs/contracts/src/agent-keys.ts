import { agentQueue, queuePrefix } from './queues.js';

/** What in Redis is one agent's own: its user may touch these, its queues and nothing else. */

/** Its heartbeat as JSON (`AgentPresence`); it expires by itself. */
export const agentPresenceKey = (agentId: string): string => `${queuePrefix(agentQueue(agentId))}:presence`;

/** Pub/sub channel of the progress of its runs (`RunProgress`). May lose messages; never truth. */
export const agentLiveChannel = (agentId: string): string => `${AGENT_LIVE}${agentId}`;
/** All of them. */
export const AGENT_LIVE_PATTERN = 'pbk:live:agent:*';

/** Whose channel it is; null for another one. */
export function agentOfLiveChannel(channel: string): string | null {
  return channel.startsWith(AGENT_LIVE) ? channel.slice(AGENT_LIVE.length) : null;
}

const AGENT_LIVE = 'pbk:live:agent:';
