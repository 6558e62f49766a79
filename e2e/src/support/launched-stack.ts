import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  FINAL_RUN_STATES,
  Plan,
  ReceiverView,
  Run,
  SnapshotView,
  type RunState,
} from '@periodic-backup/contracts';
import { freePort, until } from '@periodic-backup/testing';
import { z } from 'zod';

const LAUNCHER = resolve(import.meta.dirname, '../../../apps/standalone/dist/bundle.js');

export type Victim = 'receiver' | 'sender-agent' | 'scheduler' | 'admin-api' | 'redis' | 'postgres';

export interface EmptyLaunchOptions {
  readonly target: string;
  readonly dataDir: string;
  readonly args?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly receiverPort?: number;
  readonly apiPort?: number;
}

export interface LaunchOptions extends EmptyLaunchOptions {
  readonly source: string;
}

/** The launcher and all it started, as a user has it; driven through its REST API only. */
export class LaunchedStack {
  readonly #lines: string[] = [];

  private constructor(
    readonly launcher: ChildProcess,
    readonly dataDir: string,
    readonly apiPort: number,
    readonly receiverPort: number,
  ) {}

  /** Starts `npm start`'s program with a plan that is never due by itself; resolves when the first run has ended. */
  static async start({ source, ...options }: LaunchOptions): Promise<LaunchedStack> {
    const stack = await LaunchedStack.#launch(options, ['--source', source, '--cron', '0 0 1 1 *']);
    await stack.#until('the first run', async () => {
      const runs = await stack.runs();
      return runs.length > 0 && runs.every((run) => isFinal(run.state));
    });
    return stack;
  }

  /** Starts it without any plan, as a new installation is; resolves when its receiver and agent are there. */
  static async startEmpty(options: EmptyLaunchOptions): Promise<LaunchedStack> {
    const stack = await LaunchedStack.#launch(options, []);
    await stack.#until('receiver and agent', () =>
      Promise.resolve(stack.output.includes('"type":"started"')),
    );
    return stack;
  }

  static async #launch(options: EmptyLaunchOptions, args: readonly string[]): Promise<LaunchedStack> {
    const apiPort = options.apiPort ?? (await freePort());
    const receiverPort = options.receiverPort ?? (await freePort());
    const launcher = spawn(
      process.execPath,
      [
        LAUNCHER,
        ...args,
        ...['--target', options.target, '--data', options.dataDir],
        ...['--json', '--port', String(receiverPort), '--api-port', String(apiPort)],
        ...(options.args ?? []),
      ],
      { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...options.env } },
    );
    const stack = new LaunchedStack(launcher, options.dataDir, apiPort, receiverPort);
    for (const stream of [launcher.stdout, launcher.stderr])
      stream?.on('data', (chunk: Buffer) => stack.#lines.push(chunk.toString()));
    return stack;
  }

  /** @throws Error with what the launcher printed, also if it ends before */
  async #until(what: string, condition: () => Promise<boolean>): Promise<void> {
    await until(async () => this.launcher.exitCode !== null || (await condition()), {
      ...{ deadlineMs: 180_000, intervalMs: 50, what },
    }).catch((error: unknown) => {
      throw new Error(`${(error as Error).message}\n${this.output}`);
    });
    if (this.launcher.exitCode !== null) throw new Error(`The launcher ended early:\n${this.output}`);
  }

  /** What the launcher has printed so far. */
  get output(): string {
    return this.#lines.join('');
  }

  /** Of the admin API, which also serves the console. */
  get url(): string {
    return `http://127.0.0.1:${this.apiPort}`;
  }

  get api(): string {
    return `${this.url}/api/v1`;
  }

  /** The private PostgreSQL, with its password. */
  databaseUrl(): string {
    const port = readFileSync(join(this.dataDir, 'postgres/postmaster.pid'), 'utf8').split('\n')[3];
    const { postgresPassword } = z
      .object({ postgresPassword: z.string() })
      .parse(JSON.parse(readFileSync(join(this.dataDir, 'launcher.json'), 'utf8')));
    return `postgres://periodic_backup:${postgresPassword}@127.0.0.1:${port}/periodic_backup`;
  }

  /** The private Redis, with its password. */
  redisUrl(): string {
    const config = readFileSync(join(this.dataDir, 'redis/redis.conf'), 'utf8');
    const value = (name: string): string => new RegExp(`^${name} (.*)$`, 'm').exec(config)?.[1] ?? '';
    return `redis://:${value('requirepass')}@127.0.0.1:${value('port')}`;
  }

  async plan(): Promise<Plan> {
    const page = z.object({ items: z.array(Plan) }).parse(await (await fetch(`${this.api}/plans`)).json());
    const plan = page.items[0];
    if (!plan) throw new Error('There is no plan.');
    return plan;
  }

  async runs(): Promise<Run[]> {
    const answer = await fetch(`${this.api}/runs?limit=100`);
    return z.object({ items: z.array(Run) }).parse(await answer.json()).items;
  }

  async receivers(): Promise<ReceiverView[]> {
    const answer = await fetch(`${this.api}/receivers`);
    return z.object({ items: z.array(ReceiverView) }).parse(await answer.json()).items;
  }

  /** Changes something of the API, such as `plans/<id>`. */
  async patch(path: string, change: object): Promise<void> {
    const answer = await fetch(`${this.api}/${path}`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(change),
    });
    if (!answer.ok) throw new Error(`PATCH ${path} answered ${answer.status}: ${await answer.text()}`);
  }

  /** Asks for a run now; asks again while the API is away. */
  async runNow(): Promise<string> {
    const plan = await this.plan();
    return until(
      async () => {
        const answer = await fetch(`${this.api}/plans/${plan.id}/run`, { method: 'POST' });
        return answer.status === 202 && z.object({ runId: z.string() }).parse(await answer.json()).runId;
      },
      { deadlineMs: 30_000, what: 'a run to be accepted' },
    );
  }

  /** Snapshots, newest first. */
  async snapshots(): Promise<SnapshotView[]> {
    const answer = await fetch(`${this.api}/snapshots?limit=100`);
    return z.object({ items: z.array(SnapshotView) }).parse(await answer.json()).items;
  }

  /** Asks for a task by REST and resolves with its run once it has ended. */
  async task(path: string, body: object, deadlineMs = 50_000): Promise<Run> {
    const answer = await fetch(`${this.api}/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (answer.status !== 202)
      throw new Error(`POST ${path} answered ${answer.status}: ${await answer.text()}`);
    const { runId } = z.object({ runId: z.string() }).parse(await answer.json());
    return until(
      async () => {
        const run = Run.safeParse(await (await fetch(`${this.api}/runs/${runId}`)).json());
        return run.success && isFinal(run.data.state) && run.data;
      },
      { deadlineMs, intervalMs: 50, what: `${path} to end` },
    );
  }

  /** Restores the newest snapshot. */
  async restore(request: object): Promise<Run> {
    const [newest] = await this.snapshots();
    return this.task(`snapshots/${newest?.id}/restore`, request);
  }

  run(runId: string): Promise<Run> {
    return fetch(`${this.api}/runs/${runId}`).then(async (answer) => Run.parse(await answer.json()));
  }

  /** Resolves with the run once it is final. */
  ended(runId: string, deadlineMs = 120_000): Promise<Run> {
    return until(
      async () => {
        const run = await this.run(runId);
        return isFinal(run.state) && run;
      },
      { deadlineMs, intervalMs: 50, what: `run ${runId} to end` },
    );
  }

  /** Pids of one part of this stack, found by its command line and this stack's data folder or ports. */
  pidsOf(victim: Victim): number[] {
    const ours = descendants(this.launcher.pid ?? -1);
    const pattern = { redis: /redis-server|valkey-server/, postgres: /postgres(?!:)/ }[
      victim as 'redis' | 'postgres'
    ];
    const matches = pattern ?? new RegExp(`apps/${victim}/dist/bundle\\.js`);
    return ours.filter((one) => matches.test(one.command)).map((one) => one.pid);
  }

  /** SIGKILL: no chance to say goodbye. */
  kill(victim: Victim): void {
    const pids = this.pidsOf(victim);
    if (pids.length === 0) throw new Error(`No process of ${victim} was found.`);
    for (const pid of pids) process.kill(pid, 'SIGKILL');
  }

  /** Ctrl-C; resolves with the exit code. */
  async stop(signal: NodeJS.Signals = 'SIGINT'): Promise<number | null> {
    if (this.launcher.exitCode === null) this.launcher.kill(signal);
    await until(() => this.launcher.exitCode !== null || this.launcher.signalCode !== null, {
      deadlineMs: 40_000,
      what: `the launcher to end\n${this.output}`,
    });
    return this.launcher.exitCode;
  }

  /** Processes that still carry this stack's data folder in their command line or environment. */
  leftOver(): string[] {
    return allProcesses()
      .filter(
        (one) =>
          one.pid !== process.pid &&
          (one.command.includes(this.dataDir) || one.environment.includes(this.dataDir)),
      )
      .map((one) => `${one.pid} ${one.command}`);
  }
}

export function isFinal(state: RunState): boolean {
  return (FINAL_RUN_STATES as readonly RunState[]).includes(state);
}

interface ProcessEntry {
  readonly pid: number;
  readonly parentPid: number;
  readonly command: string;
  readonly environment: string;
}

function descendants(pid: number): ProcessEntry[] {
  const all = allProcesses();
  const found: ProcessEntry[] = [];
  const visit = (parent: number): void => {
    for (const one of all.filter((candidate) => candidate.parentPid === parent)) {
      found.push(one);
      visit(one.pid);
    }
  };
  visit(pid);
  return found;
}

function allProcesses(): ProcessEntry[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const read = (file: string): string =>
          readFileSync(join('/proc', name, file), 'utf8').replaceAll('\0', ' ');
        const stat = read('stat');
        const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        if (fields[0] === 'Z') return [];
        return [
          {
            pid: Number(name),
            parentPid: Number(fields[1]),
            command: read('cmdline'),
            environment: read('environ'),
          },
        ];
      } catch {
        return []; // gone meanwhile, or not ours to read
      }
    });
}
