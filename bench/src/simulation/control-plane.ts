import { spawn, type ChildProcess } from 'node:child_process';
import { join, resolve } from 'node:path';
import { freePort } from '@periodic-backup/testing';
import { exitCode } from '../processes.js';

/** Real schedulers and a real admin API on given stores, as processes of their own. */
export class ControlPlane {
  private constructor(
    readonly api: string,
    readonly schedulers: readonly ChildProcess[],
    private readonly adminApi: ChildProcess,
  ) {}

  static async start(
    redisUrl: string,
    databaseUrl: string,
    folder: string,
    schedulers: number,
  ): Promise<ControlPlane> {
    const port = await freePort();
    const env = {
      ...process.env,
      REDIS_URL: redisUrl,
      DATABASE_URL: databaseUrl,
      LOG_LEVEL: 'warn',
      TICKET_PRIVATE_KEY_FILE: join(folder, 'ticket-private.pem'),
      TICKET_PUBLIC_KEY_FILE: join(folder, 'ticket-public.pem'),
      API_PORT: String(port),
    };
    const start = (app: string): ChildProcess =>
      spawn(process.execPath, [resolve(import.meta.dirname, `../../../apps/${app}/dist/main.js`)], {
        env,
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      });
    const adminApi = start('admin-api');
    const running = Array.from({ length: schedulers }, () => start('scheduler'));
    await Promise.all([adminApi, ...running].map(ready));
    return new ControlPlane(`http://127.0.0.1:${port}/api/v1`, running, adminApi);
  }

  async close(): Promise<void> {
    const all = [...this.schedulers, this.adminApi];
    for (const one of all) one.kill('SIGTERM');
    const open = all.filter((one) => one.exitCode === null && one.signalCode === null);
    await Promise.all(open.map((one) => exitCode(one)));
  }
}

function ready(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('message', () => resolve());
    child.once('exit', (code) => reject(new Error(`A service ended with ${code} before it was ready.`)));
  });
}
