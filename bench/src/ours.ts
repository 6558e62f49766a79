import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import {
  FINAL_RUN_STATES,
  Plan,
  Run,
  SnapshotView,
  VaultView,
  type RunState,
} from '@periodic-backup/contracts';
import pg from 'pg';
import { z } from 'zod';
import type { Contestant, Measurement } from './contestant.js';
import type { DataSet } from './data-sets.js';
import { exitCode, forgetPeak, listProcesses, peakBytes } from './processes.js';
import type { Reading } from './readers.js';
import { median } from './report.js';

/** Periodic Backup as a user starts it: the launcher with all its services; runs are asked for by REST. */
export class Ours implements Contestant {
  readonly name = 'Periodic Backup';
  readonly #target: string;
  #launcher: ChildProcess | undefined;
  #plan: Plan | undefined;
  #generation = 0;
  /** Milliseconds from each request to the agent's first byte on the wire. */
  readonly firstByteMs: number[] = [];

  constructor(
    private readonly root: string,
    private readonly sources: string,
    private readonly apiPort: number,
    private readonly receiverPort: number,
  ) {
    this.#target = join(root, 'ours-target');
  }

  async reset(): Promise<void> {
    if (!this.#launcher) await this.#start();
    this.#plan = undefined;
    // A new plan follows nothing, so its first run is a first backup; the old one's bytes only take room.
    for (const agent of readdirSync(this.#target).filter((name) => !name.startsWith('.')))
      rmSync(join(this.#target, agent), { recursive: true, force: true });
  }

  async first(set: DataSet): Promise<Measurement> {
    this.#plan = await this.#createPlan(set);
    return this.#run();
  }

  again(_set: DataSet): Promise<Measurement> {
    return this.#run();
  }

  /** Restores the newest snapshot into a new directory. */
  restoring(destination: string): Reading {
    return {
      name: this.name,
      run: async () =>
        this.#follow((snapshot) => [`/snapshots/${snapshot.id}/restore`, { destination, conflict: 'fail' }]),
    };
  }

  /** Reads every byte of the newest snapshot again. */
  verifying(): Reading {
    return {
      name: this.name,
      run: async () => this.#follow((snapshot) => [`/snapshots/${snapshot.id}/verify`, {}]),
    };
  }

  /** Milliseconds to list the first page of a directory. */
  async browse(path: string): Promise<{ first: number; median: number }> {
    const { id } = await this.#newestSnapshot();
    return timesOf(() => this.#get(`/snapshots/${id}/entries?path=${path}&limit=200`));
  }

  /** Milliseconds to preview a retention over so many snapshots, which stand in the ledger only. */
  async previewRetention(snapshots: number): Promise<{ first: number; median: number }> {
    const { vaultId, id: planId, name, agentId } = this.#plan as Plan;
    const database = new pg.Client({ connectionString: this.#environmentOf('admin-api', 'DATABASE_URL') });
    await database.connect();
    try {
      const { counts, manifestDigest } = await this.#newestSnapshot();
      await database.query(
        `insert into snapshots (id, plan_id, vault_id, run_id, snapshot, manifest_digest, counts, committed_at,
           agent_id, agent_folder, plan_folder)
         select gen_random_uuid(), $1, $2, gen_random_uuid(), to_char(at, 'YYYY-MM-DD"T"HH24MISS"Z"'), $3, $4, at, $5, $5, $6
         from generate_series(1, $7) as n, lateral (select now() - n * interval '1 hour' as at) as instants`,
        [planId, vaultId, manifestDigest, JSON.stringify(counts), agentId, name, snapshots],
      );
    } finally {
      await database.end();
    }
    const retention = { last: 3, hourly: 24, daily: 30, weekly: 8, monthly: 24, yearly: 10 };
    return timesOf(() => this.#send('POST', `/plans/${planId}/retention/preview`, { retention }));
  }

  /** Where the newest snapshot lies. */
  get snapshotDirectory(): string {
    return realpathSync(join(this.#target, this.#plan?.agentId ?? '', this.#plan?.name ?? '', 'latest'));
  }

  async #newestSnapshot(): Promise<SnapshotView> {
    const page = z
      .object({ items: z.array(SnapshotView) })
      .parse(await this.#get(`/snapshots?planId=${this.#plan?.id}`));
    return page.items[0] as SnapshotView;
  }

  async close(): Promise<void> {
    if (!this.#launcher) return;
    this.#launcher.kill('SIGINT');
    await exitCode(this.#launcher);
    rmSync(this.#target, { recursive: true, force: true });
    rmSync(join(this.root, 'ours-data'), { recursive: true, force: true });
  }

  async #start(): Promise<void> {
    rmSync(join(this.root, 'ours-data'), { recursive: true, force: true });
    rmSync(this.#target, { recursive: true, force: true });
    mkdirSync(this.#target, { recursive: true });
    const launcher = spawn(
      process.execPath,
      [
        resolve(import.meta.dirname, '../../apps/standalone/dist/bundle.js'),
        ...['--json', '--data', join(this.root, 'ours-data'), '--target', this.#target],
        ...['--port', String(this.receiverPort), '--api-port', String(this.apiPort)],
        ...['--allow', this.sources],
      ],
      { stdio: ['ignore', 'pipe', 'ignore'] },
    );
    this.#launcher = launcher;
    await new Promise<void>((ready, failed) => {
      launcher.once('close', (code) => failed(new Error(`The launcher ended with ${code}.`)));
      createInterface({ input: launcher.stdout }).on('line', (line) => {
        if ((JSON.parse(line) as { type?: string }).type === 'started') ready();
      });
    });
  }

  async #createPlan(set: DataSet): Promise<Plan> {
    const agents = z
      .object({ items: z.array(z.object({ agentId: z.string() })) })
      .parse(await this.#get('/agents'));
    const vaults = z.object({ items: z.array(VaultView) }).parse(await this.#get('/vaults'));
    return Plan.parse(
      await this.#send('POST', '/plans', {
        name: `bench-${++this.#generation}`,
        agentId: agents.items[0]?.agentId,
        vaultId: vaults.items[0]?.id,
        sourceDir: set.directory,
        schedule: { kind: 'cron', cron: '0 0 1 1 *', timezone: 'UTC' },
      }),
    );
  }

  #run(): Promise<Measurement> {
    return this.#measure(`/plans/${this.#plan?.id}/run`, {});
  }

  async #follow(request: (snapshot: SnapshotView) => [path: string, body: unknown]): Promise<Measurement> {
    return this.#measure(...request(await this.#newestSnapshot()));
  }

  /** Asks for a run and times it from the request to its end in the ledger. */
  async #measure(path: string, body: unknown): Promise<Measurement> {
    const services = this.#serviceProcesses();
    for (const one of services) forgetPeak(one.pid);
    const requestedAtMs = Date.now();
    const { runId } = z.object({ runId: z.string() }).parse(await this.#send('POST', path, body));
    const run = await this.#ended(runId);
    if (run.state !== 'committed' || !run.finishedAt)
      throw new Error(`Our ${run.kind} ended ${run.state}: ${run.reason}`);
    if (run.kind === 'backup' && run.connectedAt)
      this.firstByteMs.push(Date.parse(run.connectedAt) - requestedAtMs);
    return {
      // By the ledger's clock, which is this machine's: asking often would take time from those who are measured.
      seconds: (Date.parse(run.finishedAt) - requestedAtMs) / 1000,
      wireBytes: run.counts.bytesSent,
      peakBytes: Object.fromEntries(services.map((one) => [one.service, peakBytes(one.pid)])),
    };
  }

  async #ended(runId: string): Promise<Run> {
    const isFinal = (state: RunState) => (FINAL_RUN_STATES as readonly RunState[]).includes(state);
    for (;;) {
      const answer = await fetch(`${this.#api}/runs/${runId}`);
      if (answer.ok) {
        const run = Run.parse(await answer.json());
        if (isFinal(run.state)) return run;
      }
      await new Promise((next) => setTimeout(next, 200));
    }
  }

  #environmentOf(service: string, name: string): string {
    const pid = this.#serviceProcesses().find((one) => one.service === service)?.pid;
    const variables = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
    return variables.find((one) => one.startsWith(`${name}=`))?.slice(name.length + 1) ?? '';
  }

  #serviceProcesses(): { service: string; pid: number }[] {
    return listProcesses().flatMap((one) => {
      const service = /apps\/(sender-agent|receiver|scheduler|admin-api)\/dist\/bundle\.js/.exec(
        one.command,
      )?.[1];
      return service && one.parentPid === this.#launcher?.pid ? [{ service, pid: one.pid }] : [];
    });
  }

  get #api(): string {
    return `http://127.0.0.1:${this.apiPort}/api/v1`;
  }

  async #get(path: string): Promise<unknown> {
    return (await fetch(this.#api + path)).json();
  }

  async #send(method: string, path: string, body: unknown): Promise<unknown> {
    const answer = await fetch(this.#api + path, {
      method,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${await answer.text()}`);
    return answer.json();
  }
}

/** Milliseconds of the first call, and the median of twenty more. */
async function timesOf(call: () => Promise<unknown>): Promise<{ first: number; median: number }> {
  const times: number[] = [];
  for (let i = 0; i < 21; i++) {
    const startedAt = performance.now();
    await call();
    times.push(performance.now() - startedAt);
  }
  const [first = 0, ...others] = times;
  return { first, median: median(others) };
}
