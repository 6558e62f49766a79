import {
  RECEIVERS_KEY,
  RECEIVER_SETTINGS_KEY,
  REVOCATIONS_KEY,
  RUN_EVENTS,
  VAULT_LIMITS_KEY,
  agentAskQueue,
  agentCancelQueue,
  agentLiveChannel,
  agentQueue,
  queuePrefix,
  reportJobId,
  vaultQueue,
} from '@periodic-backup/contracts';
import type { IdentityName } from '@periodic-backup/trust';

/** Members that work through Redis. */
export type RedisMember = IdentityName & { readonly role: 'agent' | 'receiver' };

export function redisUserOf({ role, id }: IdentityName): string {
  return `pbk-${role}-${id}`;
}

/**
 * Every command in the scripts of BullMQ 6.7 that a worker runs on its own queue, and what its connection sends: one
 * that is missing would break a script half-way, and Redis rolls nothing back.
 */
const WORKER =
  words(`bzpopmin del eval evalsha exists expire get hdel hexists hget hgetall hincrby hmget hmset hset incr
  llen lpos lpush lrange lrem ltrim pexpire pttl rpoplpush rpush sadd scard set smembers srem xadd xtrim zadd zcard zpopmin
  zrange zrangebyscore zrem zremrangebyrank zremrangebyscore zrevrange zrevrangebyscore zscore`);
const CONNECTION = words('client|setname info ping select cluster|slots cluster|shards');

/**
 * What `ACL SETUSER` is told after the name. The member can do everything to its own queues and keys; on the queue of
 * reports it can add jobs whose id begins with its name, and neither read nor change those of others, nor pause it.
 * Needs Redis 7: selectors keep what is allowed on one key from being allowed on all.
 */
export function redisRulesOf(member: RedisMember, passwordHash: string): string[] {
  const own =
    member.role === 'agent'
      ? [
          ...[agentQueue, agentCancelQueue, agentAskQueue].map(
            (queue) => `~${queuePrefix(queue(member.id))}:*`,
          ),
          ...[`&${agentLiveChannel(member.id)}`, '+publish'],
        ]
      : [`~${queuePrefix(vaultQueue('*'))}:*`, `~${RECEIVERS_KEY}`];
  return [
    ...['reset', 'on', `#${passwordHash}`, 'resetkeys', 'resetchannels', '-@all'],
    ...own,
    ...[...CONNECTION, ...WORKER].map((command) => `+${command}`),
    ...reporting(member),
    ...(member.role === 'receiver' ? [READS_SETTINGS] : []),
  ];
}

const SETTINGS = [RECEIVER_SETTINGS_KEY, VAULT_LIMITS_KEY, REVOCATIONS_KEY];
const READS_SETTINGS = selector('hget get', ...SETTINGS.map((key) => `%R~${key}`));

/** One selector for each kind of key that adding a job touches. */
function reporting({ role, id }: RedisMember): string[] {
  const key = (name: string): string => `${queuePrefix(RUN_EVENTS)}:${RUN_EVENTS}:${name}`;
  // All that the script names as its keys must be readable and writable as a whole, whatever it then does to them.
  const named = words('wait paused prioritized meta id completed delayed active events marker pc');
  return [
    selector('eval evalsha', ...named.map((name) => `~${key(name)}`)),
    selector('hget hmget', `%R~${key('meta')}`),
    selector('incr', `~${key('id')}`),
    selector('lpush rpush', `%W~${key('wait')}`),
    selector('zadd', `%W~${key('marker')}`),
    selector('xadd', `%W~${key('events')}`),
    selector('exists hget hset hmset', `~${key(reportJobId(role, id, '*'))}`),
  ];
}

function selector(commands: string, ...patterns: string[]): string {
  return `(${[...words(commands).map((command) => `+${command}`), ...patterns].join(' ')})`;
}

function words(text: string): string[] {
  return text.split(/\s+/);
}
