import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import type { LaunchedStack } from './launched-stack.js';

const PROGRAM = resolve(import.meta.dirname, '../../../apps/receiver/dist/main.js');

/** One more receiver of the vault that a launched stack has, as a process of its own. */
export class FurtherReceiver {
  private constructor(private readonly process: ChildProcess) {}

  /** Resolves when it accepts backups. */
  static async start(
    stack: LaunchedStack,
    target: string,
    settings: { readonly RECEIVER_ID: string; readonly RECEIVER_PORT: string } & NodeJS.ProcessEnv,
  ): Promise<FurtherReceiver> {
    const child = fork(PROGRAM, [], {
      env: {
        PATH: process.env['PATH'],
        REDIS_URL: stack.redisUrl(),
        TARGET_DIR: target,
        TICKET_PUBLIC_KEY_FILE: join(stack.dataDir, 'keys/ticket-public.pem'),
        LOG_LEVEL: 'warn',
        ...settings,
      },
      execArgv: [],
    });
    const ended = once(child, 'exit').then(([code]) => {
      throw new Error(`The further receiver ended with code ${String(code)} before it was ready.`);
    });
    await Promise.race([once(child, 'message'), ended]);
    ended.catch(() => undefined);
    return new FurtherReceiver(child);
  }

  kill(): void {
    this.process.kill('SIGKILL');
  }

  async stop(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const exited = once(this.process, 'exit');
    this.process.kill('SIGTERM');
    await exited;
  }
}
