import type { Redis } from 'ioredis';

/** Anybody may say who they are, and go. */
const WITHOUT_USER = ['auth', 'hello', 'quit', 'reset'];

/** Whether Redis would let the user run this. */
export async function mayRun(redis: Redis, user: string, command: readonly string[]): Promise<boolean> {
  return (await redis.call('ACL', 'DRYRUN', user, ...command)) === 'OK';
}

/** Of all commands that this Redis has, those that the user may run with one of these keys. Sorted. */
export async function commandsOn(redis: Redis, user: string, keys: readonly string[]): Promise<string[]> {
  const names = (await redis.call('COMMAND', 'LIST')) as string[];
  const hasParts = (name: string): boolean => names.some((other) => other.startsWith(`${name}|`));
  const allowed = new Set<string>();
  for (const name of names.filter((one) => !WITHOUT_USER.includes(one) && !hasParts(one))) {
    const argumentsFor = await argumentsOf(redis, name);
    for (const key of keys)
      if (await mayRun(redis, user, [...name.split('|'), ...argumentsFor(key)])) allowed.add(name);
  }
  return [...allowed].sort();
}

/** As many arguments as a command asks for at least, each of them this key. */
async function argumentsOf(redis: Redis, name: string): Promise<(key: string) => string[]> {
  const [info] = (await redis.call('COMMAND', 'INFO', name)) as [[string, number] | null];
  const least = Math.abs(info?.[1] ?? 1) - name.split('|').length;
  const counts = /^(evalsha|eval|fcall)/.test(name);
  return (key) => (counts ? ['script', '1', key] : Array.from({ length: Math.max(least, 0) }, () => key));
}
