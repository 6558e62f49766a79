import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

/** A service of ours as a process of its own, beside those that a launcher started. */
export class ServiceProcess {
  private constructor(private readonly process: ChildProcess) {}

  /** Resolves when it is ready. @throws Error if it ends before */
  static async start(
    app: 'receiver' | 'sender-agent',
    settings: NodeJS.ProcessEnv,
    nodeArgs: readonly string[] = [],
  ): Promise<ServiceProcess> {
    const child = fork(resolve(import.meta.dirname, `../../../apps/${app}/dist/bundle.js`), [], {
      env: { PATH: process.env['PATH'], LOG_LEVEL: 'warn', ...settings },
      execArgv: [...nodeArgs],
    });
    const ended = once(child, 'exit').then(([code]) => {
      throw new Error(`The ${app} ended with code ${String(code)} before it was ready.`);
    });
    await Promise.race([once(child, 'message'), ended]);
    ended.catch(() => undefined);
    return new ServiceProcess(child);
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
