import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { freePort } from './free-port.js';

/** Real schedulers and a real admin API on given stores, as processes of their own. */
export class ControlPlane {
  private constructor(
    /** One address per instance of the admin API. */
    readonly apis: readonly string[],
    readonly schedulers: readonly ChildProcess[],
    readonly adminApis: readonly ChildProcess[],
  ) {}

  /** Everything is ready. `folder` takes the key pair of tickets. */
  static async start(
    stores: { readonly redisUrl: string; readonly databaseUrl: string },
    folder: string,
    instances: { readonly schedulers: number; readonly adminApis: number },
    /** Certificate (PEM) of who vouches for agents, if it is not the built-in authority. */
    authority?: string,
  ): Promise<ControlPlane> {
    const foreign = join(folder, 'test-authority.pem');
    if (authority !== undefined) await writeFile(foreign, authority);
    const env = {
      ...process.env,
      REDIS_URL: stores.redisUrl,
      DATABASE_URL: stores.databaseUrl,
      LOG_LEVEL: 'warn',
      TICKET_PRIVATE_KEY_FILE: join(folder, 'ticket-private.pem'),
      TICKET_PUBLIC_KEY_FILE: join(folder, 'ticket-public.pem'),
    };
    const start = (app: string, more: NodeJS.ProcessEnv = {}): ChildProcess =>
      spawn(process.execPath, [resolve(import.meta.dirname, `../../../apps/${app}/dist/bundle.js`)], {
        env: { ...env, ...more },
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      });
    const ports = await Promise.all(Array.from({ length: instances.adminApis }, () => freePort()));
    const adminApis = ports.map((port) => start('admin-api', { API_PORT: String(port) }));
    const vouching = authority === undefined ? {} : { AUTHORITY_FILE: foreign };
    const schedulers = Array.from({ length: instances.schedulers }, () => start('scheduler', vouching));
    const apis = ports.map((port) => `http://127.0.0.1:${port}/api/v1`);
    const plane = new ControlPlane(apis, schedulers, adminApis);
    try {
      await Promise.all([...adminApis, ...schedulers].map(ready));
    } catch (error) {
      await plane.close();
      throw error;
    }
    return plane;
  }

  async close(): Promise<void> {
    const all = [...this.schedulers, ...this.adminApis];
    const open = all.filter((one) => one.exitCode === null && one.signalCode === null);
    await Promise.all(
      open.map(async (one) => {
        const ended = once(one, 'exit');
        one.kill('SIGTERM');
        await ended;
      }),
    );
  }
}

function ready(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('message', () => resolve());
    child.once('exit', (code) => reject(new Error(`A service ended with ${code} before it was ready.`)));
  });
}
