import { once } from 'node:events';
import { appendFileSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Plan, ReceiverView, Run, VaultView } from '@periodic-backup/contracts';
import { freePort, until } from '@periodic-backup/testing';
import { startFurtherReceiver } from '../support/further-receiver.js';
import { LaunchedStack } from '../support/launched-stack.js';
import { ServiceProcess } from '../support/service-process.js';
import { DemoApi } from './demo-api.js';
import { DemoLedger, type VaultRoom } from './demo-ledger.js';
import { pastOf } from './demo-past.js';
import { demoPlans, type DemoAgent, type DemoPlan, type DemoVault } from './demo-plans.js';
import { demoSources } from './demo-sources.js';
import { joinAgent } from './join-agent.js';
import { PastReceiver } from './past-receiver.js';
import { SourceFiles } from './source-files.js';

export interface DemoOptions {
  /** For the data of the programs; empty. */
  readonly dataDir: string;
  /** For what is backed up and the vaults; empty. */
  readonly machineDir: string;
  readonly apiPort?: number;
  readonly say: (line: string) => void;
}

const FIRST_AGENT: DemoAgent = 'nas-01';
const FURTHER_AGENTS: readonly DemoAgent[] = ['web-01', 'db-01', 'laptop-ada'];
const DAY_MS = 86_400_000;

/**
 * An installation as somebody has it after some weeks: several machines, healthy and unhealthy plans, a backup under way, two
 * vaults, alerts. All of it is real except that the past was written into the ledger.
 */
export class DemoStack {
  readonly #services: ServiceProcess[] = [];
  readonly #agents = new Map<DemoAgent, ServiceProcess>();
  readonly #plans = new Map<string, Plan>();
  readonly #files = new Map<string, SourceFiles>();
  readonly #past: PastReceiver[] = [];
  readonly #timers: NodeJS.Timeout[] = [];
  #hook: Server | undefined;

  private constructor(
    private readonly options: DemoOptions,
    private readonly stack: LaunchedStack,
    private readonly api: DemoApi,
  ) {}

  /** Resolves when there is everything to be seen. */
  static async start(options: DemoOptions): Promise<DemoStack> {
    const { dataDir, machineDir, say, apiPort } = options;
    say('Starting Redis, PostgreSQL, scheduler, receiver, agent and API …');
    mkdirSync(join(machineDir, 'vault'), { recursive: true });
    nameTheMachine(dataDir);
    const stack = await LaunchedStack.startEmpty({
      ...{ dataDir, target: join(machineDir, 'vault') },
      env: { VAULT_NAME: 'cellar', FLEET_PORT: String(await freePort()) },
      ...(apiPort === undefined ? {} : { apiPort }),
      args: [...demoDirs(machineDir), '--restore-dir', join(machineDir, 'restored'), '--max-clients', '6'],
    });
    const demo = new DemoStack(options, stack, new DemoApi(stack.api));
    try {
      await demo.#build();
    } catch (error) {
      say(`It could not be built: ${(error as Error).message}`);
      await demo.stop();
      throw error;
    }
    return demo;
  }

  get url(): string {
    return this.stack.url;
  }

  get pid(): number | undefined {
    return this.stack.launcher.pid;
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    this.#hook?.close();
    const ours = [...this.#past, ...this.#services, ...this.#agents.values()];
    await Promise.all(ours.map((one) => one.stop()));
    await this.stack.stop();
  }

  /** The plan of a name, for addresses of its screens. */
  plan(name: string): Plan {
    const plan = this.#plans.get(name);
    if (!plan) throw new Error(`There is no plan ${name}.`);
    return plan;
  }

  items<T>(path: string): Promise<T[]> {
    return this.api.items<T>(path);
  }

  async #build(): Promise<void> {
    const { say, machineDir } = this.options;
    const vaultDirs: Record<DemoVault, string> = {
      cellar: join(machineDir, 'vault'),
      offsite: join(machineDir, 'offsite'),
    };
    const [past] = await Promise.all([
      this.#startPast(vaultDirs),
      ...FURTHER_AGENTS.map((agent) => this.#startAgent(agent)),
    ]);
    await this.api.call('PATCH', `receivers/${FIRST_AGENT}`, { draining: true });
    const vaults = await this.#vaults();
    say('Making files, plans and weeks of backups …');
    const ledger = await DemoLedger.open(this.stack.databaseUrl());
    for (const plan of demoPlans) await this.#addPlan(plan, vaults[plan.vault].id);
    await ledger.age();
    await this.#makePast(past, ledger);
    await ledger.sinceFirstRun();
    await Promise.all(this.#past.splice(0).map((receiver) => receiver.stop()));
    await this.#startReceivers(vaultDirs);
    await this.api.call('PATCH', `receivers/${FIRST_AGENT}`, { draining: false });
    say('Letting things happen: alerts, a failure, a missed run, a restore …');
    await this.#addChannels();
    await this.#letFatesHappen(ledger);
    const filled = await this.#vaults();
    await ledger.addGrowth(filled.cellar.id, roomOf(filled.cellar), 0.22);
    await ledger.addGrowth(filled.offsite.id, roomOf(filled.offsite), 0.06);
    await ledger.close();
    this.#timers.push(setInterval(() => this.#files.get('dns-zones')?.growUntil(new Date()), 60_000));
  }

  async #startPast(vaultDirs: Readonly<Record<DemoVault, string>>): Promise<Record<DemoVault, PastReceiver>> {
    const [cellar, offsite] = await Promise.all([
      PastReceiver.start(this.stack, vaultDirs.cellar, 'cellar'),
      PastReceiver.start(this.stack, vaultDirs.offsite, 'offsite'),
    ]);
    this.#past.push(cellar, offsite);
    return { cellar, offsite };
  }

  async #startReceivers(vaultDirs: Readonly<Record<DemoVault, string>>): Promise<void> {
    const receivers = [
      { RECEIVER_ID: 'nas-02', target: vaultDirs.cellar, MAX_CLIENTS: '4' },
      { RECEIVER_ID: 'offsite-01', target: vaultDirs.offsite, MAX_CLIENTS: '10' },
    ];
    for (const { target, ...settings } of receivers)
      this.#services.push(
        await startFurtherReceiver(this.stack, target, {
          ...{ ...settings, RECEIVER_PORT: String(await freePort()), DRAIN_DEADLINE_SECONDS: '2' },
        }),
      );
    await until(async () => (await this.#online()).length >= 3, {
      what: 'all receivers',
      deadlineMs: 20_000,
    });
  }

  async #online(): Promise<ReceiverView[]> {
    return (await this.api.items<ReceiverView>('receivers')).filter(({ online }) => online);
  }

  async #vaults(): Promise<Record<DemoVault, VaultView>> {
    return until(
      async () => {
        const all = await this.api.items<VaultView>('vaults');
        const named = (name: DemoVault): VaultView | undefined => all.find((one) => one.name === name);
        const [cellar, offsite] = [named('cellar'), named('offsite')];
        return cellar && offsite && { cellar, offsite };
      },
      { what: 'both vaults', deadlineMs: 20_000, intervalMs: 100 },
    );
  }

  async #startAgent(agent: DemoAgent): Promise<void> {
    const { dataDir, machineDir } = this.options;
    const joining = {
      ...{ id: agent, home: join(dataDir, `agent-${agent}`), allowedDirs: dirsOf(agent, machineDir) },
      restoreDirs: [join(machineDir, 'restored')],
    };
    this.#agents.set(agent, await joinAgent(this.api, joining));
  }

  async #addPlan({ name, agent, source, schedule, more }: DemoPlan, vaultId: string): Promise<void> {
    const sourceDir = join(this.options.machineDir, demoSources[source].directory);
    mkdirSync(sourceDir, { recursive: true });
    this.#files.set(name, new SourceFiles(sourceDir, demoSources[source]));
    // Its rules and its schedule come when its past has been made.
    const backupDir = more?.afterTransmit === 'move' ? `${sourceDir}-done` : null;
    const input = { name, agentId: agent, sourceDir, vaultId, schedule, backupDir };
    const plan = await this.api.call<Plan>('POST', 'plans', {
      ...input,
      ...more,
      retention: null,
      bandwidth: null,
    });
    this.#plans.set(name, plan);
    await this.api.call('POST', `plans/${plan.id}/pause`);
  }

  async #makePast(past: Readonly<Record<DemoVault, PastReceiver>>, ledger: DemoLedger): Promise<void> {
    const now = new Date();
    const ticks = demoPlans.flatMap((plan) => pastOf(plan, now));
    for (const tick of ticks.filter(({ real }) => !real))
      await ledger.addRun(this.plan(tick.plan.name).id, tick);
    for (const plan of demoPlans) await this.api.call('POST', `plans/${this.plan(plan.name).id}/resume`);
    const real = ticks.filter((tick) => tick.real).sort((a, b) => a.dueAt.getTime() - b.dueAt.getTime());
    for (const tick of real) {
      const { plan, dueAt } = tick;
      this.#files.get(plan.name)?.growUntil(dueAt);
      past[plan.vault].goTo(new Date(dueAt.getTime() + 3000));
      const run = await this.api.runToEnd(`plans/${this.plan(plan.name).id}/run`);
      if (run.state !== 'committed')
        throw new Error(`A backup of ${plan.name} ended ${run.state}: ${run.reason ?? ''}`);
      await ledger.moveRun(run.id, tick);
    }
  }

  async #letFatesHappen(ledger: DemoLedger): Promise<void> {
    for (const { name, agent, fate, more, source } of demoPlans) {
      const { id, sourceDir } = this.plan(name);
      if (more?.retention) await this.api.call('PATCH', `plans/${id}`, { retention: more.retention });
      switch (fate) {
        case 'healthy':
          break;
        case 'running': {
          await this.api.call('PATCH', `plans/${id}`, { bandwidth: more?.bandwidth ?? null });
          makePictures(join(sourceDir, '2026/11-lisbon'));
          await this.api.call('POST', `plans/${id}/run`);
          break;
        }
        case 'partial': {
          const growing = join(sourceDir, demoSources[source].path(0));
          const timer = setInterval(() => appendFileSync(growing, `${new Date().toISOString()} GET /\n`), 1);
          await this.api.runToEnd(`plans/${id}/run`);
          clearInterval(timer);
          break;
        }
        case 'failing':
          renameSync(sourceDir, `${sourceDir}-moved`);
          await this.api.runToEnd(`plans/${id}/run`);
          break;
        case 'missed':
          await this.#agents.get(agent)?.stop();
          this.#agents.delete(agent);
          await ledger.lastSeen(agent, new Date(Date.now() - 3.4 * DAY_MS));
          break;
        case 'paused':
          await this.api.call('POST', `plans/${id}/pause`);
          await ledger.pausedSince(id, new Date(Date.now() - 9 * DAY_MS));
          break;
        case 'never-run':
          this.#files.get(name)?.growUntil(new Date());
          break;
      }
    }
    const [newest] = await this.api.items<{ id: string }>(
      `snapshots?planId=${this.plan('accounting').id}&limit=1`,
    );
    await this.api.runToEnd(`snapshots/${newest?.id}/verify`);
    await this.api.runToEnd(`snapshots/${newest?.id}/restore`, {
      destination: join(this.options.machineDir, 'restored', 'accounting'),
    });
  }

  async #addChannels(): Promise<void> {
    this.#hook = createServer((request, response) => {
      request.resume();
      response.writeHead(204).end();
    }).listen(0, '127.0.0.1');
    await once(this.#hook, 'listening');
    const { port } = this.#hook.address() as AddressInfo;
    await this.api.call('POST', 'alert-channels', {
      name: 'Chat of the operators',
      settings: { kind: 'webhook', url: `http://127.0.0.1:${port}/hooks/backup` },
    });
    await this.api.call('POST', 'alert-channels', {
      name: 'E-mail to Ada',
      settings: {
        ...{ kind: 'email', host: 'localhost', port: await freePort(), security: 'plain' },
        ...{ from: 'backup@example.org', to: ['ada@example.org'] },
      },
    });
  }
}

/** What the launcher would call itself after the machine it runs on. */
function nameTheMachine(dataDir: string): void {
  const secret = (): string => randomBytes(24).toString('hex');
  const memory = {
    agentId: FIRST_AGENT,
    targetDir: null,
    redisPassword: secret(),
    postgresPassword: secret(),
  };
  writeFileSync(join(dataDir, 'launcher.json'), JSON.stringify(memory), { mode: 0o600 });
}

function dirsOf(agent: DemoAgent, machineDir: string): string[] {
  const own = demoPlans
    .filter((plan) => plan.agent === agent)
    .map(({ source }) => demoSources[source].directory);
  const unprotected = { 'nas-01': ['music'], 'web-01': ['certificates'], 'db-01': [], 'laptop-ada': [] }[
    agent
  ];
  const dirs = [...own, ...unprotected].map((directory) => join(machineDir, directory));
  for (const dir of dirs) mkdirSync(dir, { recursive: true });
  return dirs;
}

function demoDirs(machineDir: string): string[] {
  const done = join(machineDir, `${demoSources.scans.directory}-done`);
  mkdirSync(done, { recursive: true });
  return [...dirsOf(FIRST_AGENT, machineDir), done].flatMap((dir) => ['--allow', dir]);
}

function roomOf(vault: VaultView): VaultRoom {
  return { freeBytes: vault.freeBytes ?? 0, totalBytes: vault.totalBytes ?? 0, snapshots: vault.snapshots };
}

/** New ones, so that the backup under way has something to do for a while. */
function makePictures(directory: string): void {
  rmSync(directory, { recursive: true, force: true });
  if (!existsSync(directory)) mkdirSync(directory, { recursive: true });
  for (let picture = 0; picture < 96; picture++)
    writeFileSync(
      join(directory, `IMG_${7000 + picture}.jpg`),
      randomBytes(1_800_000 + ((picture * 91_000) % 900_000)),
    );
}

export type { Run };
