import { freePort } from './free-port.js';
import { startGuarded, type GuardedProcess } from './guarded-process.js';
import { temporaryDirectory } from './temporary-directory.js';
import type { TestServer } from './test-server.js';

/**
 * A private Redis on a free loopback port: `redis-server` of PATH, or the program that `REDIS_SERVER_BIN` names.
 * Nothing is stored unless `appendOnly`, which lets data survive `kill()` and `restart()`.
 */
export async function startRedis(options: { appendOnly?: boolean } = {}): Promise<TestServer> {
  const directory = await temporaryDirectory('pbk-redis-');
  const port = await freePort();
  const start = (): Promise<GuardedProcess> =>
    startGuarded(
      process.env['REDIS_SERVER_BIN'] ?? 'redis-server',
      [
        ...['--bind', '127.0.0.1', '--port', String(port), '--dir', directory.path, '--save', ''],
        ...['--appendonly', options.appendOnly ? 'yes' : 'no', '--appendfsync', 'always'],
        ...['--maxmemory-policy', 'noeviction', '--hz', '100'],
      ],
      { readyText: 'eady to accept connections', orphanSignal: 'TERM' },
    );
  let server = await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    kill: () => server.end('SIGKILL'),
    async restart() {
      await server.end('SIGTERM');
      server = await start();
    },
    async stop() {
      await server.end('SIGTERM');
      await directory.remove();
    },
  };
}
