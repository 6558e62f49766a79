import { generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NestFactory } from '@nestjs/core';
import {
  PLAN_CHANGES,
  RUN_EVENTS,
  RUN_REQUESTS,
  type PlanInput,
  type Receipt,
  type RunEvent,
  type SignedReport,
  type Task,
} from '@periodic-backup/contracts';
import {
  findRun,
  insertPlan,
  listRuns,
  openLedger,
  recordSnapshot,
  requestCancel,
  requestStart,
  requestTask,
  type LedgerConnection,
  type PlanRow,
  type RunRow,
  type SnapshotRow,
} from '@periodic-backup/ledger';
import {
  connectRedis,
  createLogger,
  loadConfig,
  openQueue,
  type RedisClient,
  SecretBox,
} from '@periodic-backup/platform';
import {
  TestMembers,
  createDatabase,
  signedByVault,
  startRedis,
  temporaryDirectory,
  until,
  type TemporaryDirectory,
  type TestDatabase,
  type TestServer,
} from '@periodic-backup/testing';
import type { Queue } from 'bullmq';
import { SchedulerConfig } from '../src/config.js';
import { SchedulerService } from '../src/runtime/scheduler-service.js';
import { SchedulerModule } from '../src/scheduler.module.js';

export const logger = createLogger('test', process.env['TEST_LOG_LEVEL'] ?? 'fatal');

interface SigningVault {
  readonly id: string;
  readonly keys: { readonly privateKey: KeyObject };
}

/** Real servers of one test file, and what a test needs to play admin API. */
export class TestBed {
  readonly members = new TestMembers();
  /** Vaults of this test, by id and by the receivers they announced. */
  readonly vaults = new Map<string, SigningVault>();
  readonly receivers = new Map<string, SigningVault>();
  readonly #schedulers = new Set<{ close(): Promise<void> }>();

  private constructor(
    readonly postgres: TestDatabase,
    readonly redisServer: TestServer,
    readonly connection: LedgerConnection,
    readonly redis: RedisClient,
    private readonly directory: TemporaryDirectory,
    private readonly queues: { changes: Queue; requests: Queue; events: Queue },
  ) {}

  /** `postgres` is a server of its own for whoever kills it. */
  static async open(postgres?: TestServer): Promise<TestBed> {
    const [database, redisServer, directory] = await Promise.all([
      postgres ?? createDatabase(),
      startRedis(),
      temporaryDirectory('pbk-scheduler-'),
    ]);
    const redis = connectRedis(redisServer.url, 'worker', logger);
    return new TestBed(database, redisServer, await openLedger(database.url), redis, directory, {
      changes: openQueue(PLAN_CHANGES, redis, logger),
      requests: openQueue(RUN_REQUESTS, redis, logger),
      events: openQueue(RUN_EVENTS, redis, logger),
    });
  }

  get #secretsKeyFile(): string {
    return join(this.directory.path, 'secrets.key');
  }

  /** As the admin API seals. */
  get secrets(): SecretBox {
    return SecretBox.load(this.#secretsKeyFile);
  }

  get ticketPublicKeyFile(): string {
    return join(this.directory.path, 'ticket.pub');
  }

  /** A scheduler with periods of a test. Ended by `reset`, unless before. */
  async startScheduler(
    environment: Record<string, string> = {},
    log = logger,
  ): Promise<{ healthUrl: string; close(): Promise<void> }> {
    const authorityFile = join(this.directory.path, 'authority.pem');
    writeFileSync(authorityFile, this.members.authority.pem);
    const config = loadConfig(SchedulerConfig, {
      AUTHORITY_FILE: authorityFile,
      REDIS_URL: this.redisServer.url,
      DATABASE_URL: this.postgres.url,
      TICKET_PRIVATE_KEY_FILE: join(this.directory.path, 'ticket.key'),
      TICKET_PUBLIC_KEY_FILE: this.ticketPublicKeyFile,
      SECRETS_KEY_FILE: this.#secretsKeyFile,
      RETRY_DELAYS_MS: '30,60',
      DISPATCH_INTERVAL_MS: '30',
      RECONCILE_INTERVAL_MS: '50',
      AGENT_SILENCE_MS: '400',
      AGENT_OFFLINE_MS: '200',
      CANCEL_PATIENCE_MS: '300',
      SETTLE_MS: '0',
      ...environment,
    });
    const app = await NestFactory.createApplicationContext(SchedulerModule.create(config, log), {
      logger: false,
      abortOnError: false,
    });
    const scheduler = {
      healthUrl: `http://127.0.0.1:${app.get(SchedulerService).healthPort}`,
      close: async (): Promise<void> => {
        if (this.#schedulers.delete(scheduler)) await app.close();
      },
    };
    this.#schedulers.add(scheduler);
    return scheduler;
  }

  /** A plan that is due in years, unless told. */
  async addPlan(fields: Partial<PlanInput> & { dueFrom?: Date } = {}): Promise<PlanRow> {
    const { dueFrom, ...input } = fields;
    const plan = await insertPlan(this.connection.ledger, {
      id: randomUUID(),
      name: `plan-${randomUUID().slice(0, 8)}`,
      agentId: `agent-${randomUUID().slice(0, 8)}`,
      sourceDir: '/srv/documents',
      excludes: ['*.tmp'],
      afterTransmit: 'keep',
      backupDir: null,
      bandwidth: null,
      retention: null,
      recoveryPointSeconds: null,
      verifySchedule: null,
      schedule: { kind: 'cron', cron: '0 0 29 2 *', timezone: 'UTC' },
      vaultId: randomUUID(),
      ...input,
    });
    if (dueFrom) await this.change(plan, `due_from = '${dueFrom.toISOString()}'`);
    return plan;
  }

  /** Changes a row behind everybody's back. */
  async change(row: PlanRow | RunRow, assignment: string): Promise<void> {
    const table = 'schedule' in row ? 'plans' : 'runs';
    await this.connection.ledger.execute(`update ${table} set ${assignment} where id = '${row.id}'`);
  }

  async planChanged(planId: string): Promise<void> {
    await this.queues.changes.add('change', { planId });
  }

  /** What "run now" does; resolves with the run's id. */
  async requestRun(planId: string): Promise<string> {
    const answer = await requestStart(this.connection.ledger, planId);
    if (answer.outcome !== 'requested') throw new Error(`The start was not accepted: ${answer.outcome}`);
    await this.queues.requests.add('request', { requestId: answer.requestId });
    return answer.runId;
  }

  /** What a wish for a restore, a verification … does; resolves with the run's id. */
  async requestTask(planId: string, task: Task): Promise<string> {
    const answer = await requestTask(this.connection.ledger, planId, task);
    if (answer.outcome !== 'requested') throw new Error(`The task was not accepted: ${answer.outcome}`);
    await this.queues.requests.add('request', { requestId: answer.requestId });
    return answer.runId;
  }

  /** Snapshots of a plan that the ledger knows already. */
  async addSnapshots(...receipts: Receipt[]): Promise<void> {
    for (const receipt of receipts) await recordSnapshot(this.connection.ledger, receipt);
  }

  async snapshot(planId: string, name: string): Promise<SnapshotRow> {
    const rows = await this.connection.ledger.query.snapshots.findMany({
      where: (columns, { and, eq }) => and(eq(columns.planId, planId), eq(columns.snapshot, name)),
    });
    if (!rows[0]) throw new Error(`There is no snapshot ${name}.`);
    return rows[0];
  }

  async requestCancel(run: { id: string; planId: string }): Promise<void> {
    const { requestId } = await requestCancel(this.connection.ledger, { runId: run.id, planId: run.planId });
    await this.queues.requests.add('request', { requestId });
  }

  /** Signed by whom each speaks for. */
  async report(...events: RunEvent[]): Promise<void> {
    for (const event of events) {
      const said = event.type === 'receipt' ? { at: new Date().toISOString(), ...event } : event;
      await this.put(this.signed(said), senderOf(event, this.receivers));
    }
  }

  /** Whatever somebody who can write to Redis may put there. */
  async put(payload: unknown, sender: string): Promise<void> {
    await this.queues.events.add('report', payload, { jobId: `${sender}.${randomUUID()}` });
  }

  signed(event: RunEvent): SignedReport {
    const vault =
      event.type === 'receipt'
        ? this.vaults.get(event.receipt.vaultId)
        : 'by' in event
          ? this.receivers.get(event.by)
          : undefined;
    if (vault) return signedByVault(vault.id, vault.keys.privateKey, event);
    if (event.type === 'receipt')
      return signedByVault(event.receipt.vaultId, generateKeyPairSync('ed25519').privateKey, event);
    return this.members.signedBy('agentId' in event ? event.agentId : event.by, event);
  }

  /** How many reports stand where. */
  async reports(state: 'waiting' | 'active' | 'failed'): Promise<number> {
    return (await this.queues.events.getJobCounts(state))[state] ?? 0;
  }

  /** Resolves when every report has been taken. */
  async reportsTaken(): Promise<void> {
    await until(async () => (await this.reports('waiting')) + (await this.reports('active')) === 0);
  }

  async runs(planId: string): Promise<RunRow[]> {
    const page = await listRuns(this.connection.ledger, { planId, limit: 500 });
    const rows = await Promise.all(page.items.map(({ id }) => findRun(this.connection.ledger, id)));
    return rows.flatMap((row) => row ?? []);
  }

  /** Resolves with the run once it is in one of these states. */
  runIn(runId: string, ...states: RunRow['state'][]): Promise<RunRow> {
    return until(
      async () => {
        const run = await findRun(this.connection.ledger, runId);
        return run && states.includes(run.state) ? run : null;
      },
      { what: `run ${runId} in ${states.join(' or ')}` },
    );
  }

  /** Ends the schedulers and empties both servers. */
  async reset(): Promise<void> {
    for (const scheduler of [...this.#schedulers]) await scheduler.close();
    await this.redis.flushall();
    await this.connection.ledger.execute(
      'truncate plan_marks, plan_standings, plans, runs, run_requests, run_problems, snapshots, snapshot_pins, vaults, agent_limits, vault_limits, failed_attempts, vault_samples',
    );
  }

  async close(): Promise<void> {
    await this.reset();
    await Promise.all(Object.values(this.queues).map((queue) => queue.close()));
    this.redis.disconnect();
    await this.connection.close();
    await Promise.all([this.postgres.stop(), this.redisServer.stop()]);
    await this.directory.remove();
  }
}

/** As the user in Redis of whoever reports is called. */
function senderOf(event: RunEvent, receivers: ReadonlyMap<string, unknown>): string {
  if (event.type === 'receipt' || ('by' in event && receivers.has(event.by))) return 'receiver-cellar';
  return `agent-${'agentId' in event ? event.agentId : event.by}`;
}
