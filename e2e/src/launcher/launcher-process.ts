import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Plan, Run } from '@periodic-backup/contracts';
import { freePort, until } from '@periodic-backup/testing';
import { z } from 'zod';

const ROOT = resolve(import.meta.dirname, '../../..');
const PROGRAM = join(ROOT, 'apps/standalone/dist/bundle.js');

/** What `--json` prints, as far as these tests read it. */
const Line = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('started'),
    api: z.string(),
    agentId: z.string(),
    vaultId: z.string(),
    pids: z.record(z.string(), z.int()),
    plans: z.array(Plan),
  }),
  z.object({ type: z.literal('progress'), planName: z.string(), filesDone: z.int() }),
  z.object({ type: z.literal('run'), run: Run }),
  z.object({ type: z.literal('warning'), text: z.string() }),
  z.object({ type: z.literal('problem'), text: z.string() }),
  z.object({ type: z.literal('stopped'), exitCode: z.int() }),
]);
type Line = z.infer<typeof Line>;
type LineOf<T extends Line['type']> = Extract<Line, { type: T }>;

/** One start of the launcher with `--json`, on ports of its own. */
export class LauncherProcess {
  words = '';
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown>;
  #events = '';

  private constructor(args: readonly string[]) {
    // As tools/start.mjs has it: later starts find compiled code.
    const compileCache = join(ROOT, '.runtime/compile-cache');
    const env = { ...process.env, REDIS_URL: '', INIT_CWD: '', NODE_COMPILE_CACHE: compileCache };
    this.#child = spawn(process.execPath, [PROGRAM, '--json', ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env,
    });
    this.#child.stdout?.on('data', (chunk: Buffer) => (this.#events += chunk.toString()));
    this.#child.stderr?.on('data', (chunk: Buffer) => (this.words += chunk.toString()));
    this.#closed = once(this.#child, 'close');
  }

  static async start(...args: string[]): Promise<LauncherProcess> {
    const ports = [await freePort(), await freePort()];
    return new LauncherProcess(['--port', `${ports[0]}`, '--api-port', `${ports[1]}`, ...args]);
  }

  /** With exactly these arguments: the ports, too, are theirs. */
  static startPlain(...args: string[]): LauncherProcess {
    return new LauncherProcess(args);
  }

  get pid(): number {
    return this.#child.pid ?? NaN;
  }

  /** The events printed so far; a line that is not one of them fails the test. */
  get events(): Line[] {
    const whole = this.#events.slice(0, this.#events.lastIndexOf('\n') + 1);
    return whole
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => Line.parse(JSON.parse(line)));
  }

  eventsOf<T extends Line['type']>(type: T): LineOf<T>[] {
    return this.events.filter((event): event is LineOf<T> => event.type === type);
  }

  /** Resolves with the first event of a type. */
  first<T extends Line['type']>(type: T, deadlineMs = 180_000): Promise<LineOf<T>> {
    return this.#explained(this.#firstOrEnd(type, deadlineMs));
  }

  async #firstOrEnd<T extends Line['type']>(type: T, deadlineMs: number): Promise<LineOf<T>> {
    const found = await until(() => this.eventsOf(type)[0] ?? this.#hasEnded, {
      deadlineMs,
      what: `an event "${type}"`,
    });
    if (found === true) throw new Error(`It ended before an event "${type}".`);
    return found;
  }

  /** Resolves once it has said something in words. */
  async says(text: string): Promise<void> {
    await this.#explained(
      until(() => this.words.includes(text), { deadlineMs: 180_000, what: `the words "${text}"` }),
    );
  }

  get #hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Resolves with the exit code (null after a signal) once it has ended and everything it printed was read. */
  async ended(deadlineMs = 180_000): Promise<number | null> {
    let over = false;
    void this.#closed.then(() => (over = true));
    await this.#explained(until(() => over, { deadlineMs, what: 'the launcher to end' }));
    return this.#child.exitCode;
  }

  /** Ends by itself with an exit code; another one fails with what it said. */
  async endsWith(exitCode: number): Promise<void> {
    const code = await this.ended();
    if (code !== exitCode)
      throw new Error(`The launcher ended with ${code} instead of ${exitCode}:\n${this.words}`);
  }

  async #explained<T>(waiting: Promise<T>): Promise<T> {
    try {
      return await waiting;
    } catch (cause) {
      throw new Error(`${(cause as Error).message} The launcher said:\n${this.words}`, { cause });
    }
  }

  /** Signals again and again until it has ended, as an impatient person does. */
  async insist(signal: NodeJS.Signals): Promise<void> {
    const again = (): boolean => this.#hasEnded || !this.#child.kill(signal);
    await this.#explained(until(again, { intervalMs: 100, what: 'the launcher to give in' }));
  }

  /** For the end of a test, whatever came of it. */
  async end(): Promise<void> {
    if (!this.#hasEnded) this.#child.kill('SIGTERM');
    await this.ended();
  }
}

/** Processes that name a data folder on their command line. */
export function processesOf(dataDir: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map((pid) => `${pid} ${commandLine(pid)}`)
    .filter((line) => line.includes(dataDir));
}

function commandLine(pid: string): string {
  try {
    return readFileSync(join('/proc', pid, 'cmdline'), 'utf8').replaceAll('\0', ' ');
  } catch {
    return ''; // It has ended.
  }
}
