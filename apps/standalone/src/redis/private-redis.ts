import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ProcessSpec } from '../processes/process-spec.js';

export interface PrivateRedisOptions {
  readonly program: string;
  readonly directory: string;
  readonly port: number;
  readonly password: string;
  /** Further users, as lines of the configuration. */
  readonly users?: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

const RETRY_MS = 10;

/** A Redis on loopback whose data outlive it. The configuration is a file, so that the password shows in no process list. */
export function privateRedis({
  program,
  directory,
  port,
  password,
  users = [],
  env,
}: PrivateRedisOptions): ProcessSpec {
  const configFile = join(directory, 'redis.conf');
  const lines = [
    'bind 127.0.0.1',
    `port ${port}`,
    `requirepass ${password}`,
    `dir "${directory.replace(/["\\]/g, '\\$&')}"`,
    'appendonly yes',
    'appendfsync everysec',
    'maxmemory-policy noeviction',
    'hz 100', // BullMQ's delayed jobs: 10 would make a tick 50 ms late
    'daemonize no',
    // Its command line keeps naming the configuration: how a later start knows it again.
    'set-proc-title no',
    ...users,
  ];
  writeFileSync(configFile, `${lines.join('\n')}\n`, { mode: 0o600 });
  return {
    name: 'redis',
    command: program,
    args: [configFile],
    cwd: directory,
    env,
    marker: configFile,
    stopSignal: 'SIGTERM',
    ipc: false,
    ready: async (_child, signal) => {
      while (!signal.aborted && !(await answers(port, password))) await delay(RETRY_MS);
    },
  };
}

export function redisUrl(port: number, password: string): string {
  return `redis://:${password}@127.0.0.1:${port}`;
}

/** True once it takes commands; while it loads its data it answers LOADING. */
async function answers(port: number, password: string): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    socket.end(`AUTH ${password}\r\nPING\r\nQUIT\r\n`);
    let reply = '';
    for await (const chunk of socket) reply += String(chunk);
    return reply.includes('+PONG');
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
