import { join } from 'node:path';
import type { DataFolder } from '../data-folder/data-folder.js';
import { freePorts } from '../processes/free-port.js';
import type { ProcessSpec } from '../processes/process-spec.js';
import { ServiceLog } from '../processes/service-log.js';
import { SupervisedProcess } from '../processes/supervised-process.js';
import { databaseUrl, privatePostgres } from '../postgres/private-postgres.js';
import { privateRedis, redisUrl } from '../redis/private-redis.js';
import { redisProgram } from '../redis/redis-program.js';
import { knowsSelectors } from '../redis/redis-version.js';
import type { RedisForMembers } from './provision.js';
import { passedOn, service, type ServiceName } from '../services/services.js';

const LATER: ReadonlySet<string> = new Set(['scheduler', 'admin-api']);
const LAST: ReadonlySet<string> = new Set(['postgres', 'redis']);

/** In this order things are asked to stop: those of one group at the same time, each with its deadline. */
const STOP_ORDER: readonly { readonly has: (name: string) => boolean; readonly deadlineMs: number }[] = [
  // Further receivers have names of their own.
  { has: (name) => !LATER.has(name) && !LAST.has(name), deadlineMs: 8000 },
  { has: (name) => LATER.has(name), deadlineMs: 5000 },
  { has: (name) => LAST.has(name), deadlineMs: 5000 },
];
const RESTART_DEADLINE_MS = 5000;
const DRAIN_DEADLINE_MS = 8000;
const LOG_CAP_EVERY_MS = 30_000;

export interface InstanceEvents {
  readonly crashed: (name: string, how: string) => void;
  readonly recovered: (name: string) => void;
  /** A service of ours said something; the function answers it. */
  readonly message: (message: unknown, reply: (answer: object) => void) => void;
}

/** The processes of one data folder: started, kept running, stopped in order. */
export class Instance {
  readonly #processes = new Map<string, SupervisedProcess>();
  readonly #env = passedOn(process.env);
  readonly #logCap: NodeJS.Timeout;
  readonly #killAtExit = (): void => this.kill();
  #stopping = false;
  #redisUrl = '';
  #databaseUrl = '';
  #ownUsers = false;

  constructor(
    private readonly folder: DataFolder,
    private readonly appsDir: string,
    private readonly events: InstanceEvents,
  ) {
    this.#logCap = setInterval(() => {
      for (const { log } of this.#processes.values()) log.cap();
    }, LOG_CAP_EVERY_MS);
    this.#logCap.unref();
    process.on('exit', this.#killAtExit);
  }

  get pids(): Record<string, number | undefined> {
    return Object.fromEntries([...this.#processes].map(([name, { pid }]) => [name, pid]));
  }

  /**
   * Redis (the one that REDIS_URL names, else a private one) and a private PostgreSQL take connections. `provide` makes
   * the users that Redis is to know; one of somebody else's keeps those it has.
   */
  async startStores(provide: (redis: RedisForMembers) => Promise<string[]>): Promise<void> {
    const { redisPassword, postgresPassword } = this.folder.memory;
    const [redisPort = 0, postgresPort = 0] = await freePorts(2);
    const givenRedis = process.env['REDIS_URL'];
    const redis = async (): Promise<void> => {
      if (givenRedis) return void (await provide({ url: givenRedis, ownUsers: false }));
      const program = redisProgram();
      this.#ownUsers = await knowsSelectors(program, this.#env);
      const users = await provide({ url: this.#redisUrl, ownUsers: this.#ownUsers });
      const options = {
        users,
        program,
        directory: this.folder.redisDir,
        port: redisPort,
        password: redisPassword,
      };
      await this.#start(privateRedis({ ...options, env: this.#env }));
    };
    const postgres = async (): Promise<void> => {
      const options = { directory: this.folder.postgresDir, port: postgresPort, password: postgresPassword };
      await this.#start(await privatePostgres({ ...options, env: this.#env }));
    };
    this.#redisUrl = givenRedis ? givenRedis : redisUrl(redisPort, redisPassword);
    this.#databaseUrl = databaseUrl(postgresPort, postgresPassword);
    await allOrFirstError([redis(), postgres()]);
  }

  /** A service of ours is ready; several of one kind have names of their own. */
  async startService(
    name: ServiceName,
    settings: Readonly<Record<string, string>>,
    calledName: string = name,
  ): Promise<void> {
    const stores = storesOf(name, {
      REDIS_URL: this.#redisUrl,
      DATABASE_URL: this.#databaseUrl,
      MEMBER_REDIS_USERS: this.#ownUsers ? 'own' : 'shared',
    });
    const options = { appsDir: this.appsDir, dataDir: this.folder.path, env: this.#env };
    await this.#start(service(name, { ...stores, ...settings }, options, calledName));
  }

  /** It has ended, after it had the time to drain, and is not started again. */
  async stopService(calledName: string): Promise<void> {
    const one = this.#processes.get(calledName);
    await one?.stop(DRAIN_DEADLINE_MS);
    if (this.#processes.get(calledName) === one) this.#processes.delete(calledName);
  }

  /** The service runs with other settings. */
  async restartService(name: ServiceName, settings: Readonly<Record<string, string>>): Promise<void> {
    await this.#processes.get(name)?.stop(RESTART_DEADLINE_MS);
    await this.startService(name, settings);
  }

  /** Everything is stopped, in order. Safe to repeat. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearInterval(this.#logCap);
    for (const { has, deadlineMs } of STOP_ORDER) {
      const group = [...this.#processes].filter(([name]) => has(name)).map(([, one]) => one);
      await Promise.all(group.map((one) => one.stop(deadlineMs)));
    }
    process.off('exit', this.#killAtExit);
  }

  /** Everything is killed, at once. */
  kill(): void {
    this.#stopping = true;
    for (const one of this.#processes.values()) one.kill();
  }

  async #start(spec: ProcessSpec): Promise<void> {
    if (this.#stopping) throw new Error(`${spec.name} is not started: everything stops.`);
    const log = new ServiceLog(join(this.folder.logsDir, `${spec.name}.log`));
    const one = new SupervisedProcess(spec, log, this.folder.pidsDir);
    one.on('crashed', this.events.crashed);
    one.on('recovered', this.events.recovered);
    one.on('message', this.events.message);
    this.#processes.set(spec.name, one);
    await one.start();
  }
}

/** Only the control plane reaches the ledger, and Redis as a whole: members have credentials of their own. */
function storesOf(
  name: ServiceName,
  stores: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return name === 'scheduler' || name === 'admin-api' ? stores : {};
}

/** Waits for all, so that nothing is still being started when the first error is told. */
export async function allOrFirstError(starts: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(starts)).find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
}
