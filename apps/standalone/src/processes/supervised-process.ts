import { spawn, type ChildProcess } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { removePidFile, writePidFile } from './pid-file.js';
import type { ProcessSpec } from './process-spec.js';
import type { ServiceLog } from './service-log.js';

const READY_DEADLINE_MS = 180_000;
const FIRST_BACKOFF_MS = 200;
const LONGEST_BACKOFF_MS = 10_000;
/** A child that lived this long has proved itself: its next crash starts with the shortest wait again. */
const PROVED_AFTER_MS = 30_000;

/** A program did not become ready; the message ends with the last lines of its log. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

interface Events {
  /** It ended without being asked to and will be started again. Once per outage. */
  crashed: [name: string, how: string];
  /** It is ready again. */
  recovered: [name: string];
  /** It said something on its channel; the function answers it. */
  message: [message: unknown, reply: (answer: object) => void];
}

/** One program kept running: a crash starts it again, sooner at first, later with longer waits. */
export class SupervisedProcess extends EventEmitter<Events> {
  #child: ChildProcess | undefined;
  #exited: Promise<void> = Promise.resolve();
  #stopping = new AbortController();
  #supervision: Promise<void> = Promise.resolve();

  constructor(
    readonly spec: ProcessSpec,
    readonly log: ServiceLog,
    private readonly pidsDir: string,
  ) {
    super();
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** It runs and is ready; from now on it is kept so. @throws StartError */
  async start(): Promise<void> {
    this.log.rotate();
    await this.#launch();
    this.#supervision = this.#supervise();
  }

  /** It is asked to end, killed after the deadline, and not started again. False if it had to be killed. */
  async stop(deadlineMs: number): Promise<boolean> {
    this.#stopping.abort();
    const timer = setTimeout(() => this.kill(), deadlineMs);
    const child = this.#child;
    const ended = child && child.exitCode === null && child.signalCode === null;
    if (ended) child.kill(this.spec.stopSignal);
    await this.#exited;
    await this.#supervision;
    clearTimeout(timer);
    return child?.signalCode !== 'SIGKILL';
  }

  /** Ends it and everything it started, now. */
  kill(): void {
    this.#stopping.abort();
    if (this.#child?.pid === undefined || this.#child.exitCode !== null || this.#child.signalCode !== null)
      return;
    try {
      process.kill(-this.#child.pid, 'SIGKILL');
    } catch {
      // It ended by itself at this moment.
    }
  }

  async #supervise(): Promise<void> {
    let backoffMs = FIRST_BACKOFF_MS;
    let readyAtMs = performance.now();
    let said = false;
    for (;;) {
      await this.#exited;
      if (this.#stopping.signal.aborted) return;
      if (!said) this.emit('crashed', this.spec.name, howItEnded(this.#child));
      said = true;
      if (performance.now() - readyAtMs > PROVED_AFTER_MS) backoffMs = FIRST_BACKOFF_MS;
      try {
        await delay(backoffMs, undefined, { signal: this.#stopping.signal });
        backoffMs = Math.min(backoffMs * 2, LONGEST_BACKOFF_MS);
        await this.#launch();
        readyAtMs = performance.now();
        said = false;
        this.emit('recovered', this.spec.name);
      } catch {
        // Not ready: its end is awaited and the next attempt waits longer.
      }
    }
  }

  async #launch(): Promise<void> {
    const { spec } = this;
    this.#stopping.signal.throwIfAborted();
    const log = this.log.open();
    const child = spawn(spec.command, [...spec.args], {
      ...(spec.cwd === undefined ? {} : { cwd: spec.cwd }),
      ...(spec.uid === undefined ? {} : { uid: spec.uid }),
      ...(spec.gid === undefined ? {} : { gid: spec.gid }),
      env: spec.env,
      // A group of its own: Ctrl-C in the terminal reaches only the launcher, which stops things in order.
      detached: true,
      stdio: spec.ipc ? ['ignore', log, log, 'ipc'] : ['ignore', log, log],
    });
    this.log.close(log);
    this.#child = child;
    child.on('message', (message) => this.emit('message', message, (answer) => answerChild(child, answer)));
    this.#exited = new Promise((resolve) => {
      child.once('exit', () => resolve());
      child.once('error', () => {
        if (child.pid === undefined) resolve();
      });
    });
    if (child.pid !== undefined) writePidFile(this.pidsDir, spec.name, child.pid, spec);
    void this.#exited.then(() => removePidFile(this.pidsDir, spec.name));

    const over = new AbortController();
    const deadline = setTimeout(() => over.abort(new Error('was not ready in time')), READY_DEADLINE_MS);
    const failed = new Promise<never>((_, reject) => {
      child.once('error', reject);
      child.once('exit', () => over.abort(new Error(howItEnded(child))));
      this.#stopping.signal.addEventListener('abort', () => over.abort(new Error('was stopped')));
      over.signal.addEventListener('abort', () => reject(over.signal.reason as Error));
    });
    try {
      await Promise.race([spec.ready(child, over.signal), failed]);
    } catch (cause) {
      if (!this.#stopping.signal.aborted) killGroup(child);
      throw new StartError(
        `${spec.name} could not start: it ${(cause as Error).message}. The end of ${this.log.file}:\n${this.log.tail()}`,
        { cause },
      );
    } finally {
      clearTimeout(deadline);
      failed.catch(() => undefined);
      over.abort();
    }
  }
}

/** Resolves with the message by which a service of ours says that it is ready. */
export async function readyMessage(child: ChildProcess, signal: AbortSignal): Promise<void> {
  for (;;) {
    const [message] = (await once(child, 'message', { signal })) as [unknown];
    if (typeof message === 'object' && message !== null && 'type' in message && message.type === 'ready')
      return;
  }
}

/** It may be gone meanwhile. */
function answerChild(child: ChildProcess, answer: object): void {
  if (child.connected) child.send(answer, () => undefined);
}

function howItEnded(child: ChildProcess | undefined): string {
  if (child?.signalCode) return `was ended by ${child.signalCode}`;
  return `ended with exit code ${child?.exitCode ?? 'unknown'}`;
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It ended by itself at this moment.
  }
}
