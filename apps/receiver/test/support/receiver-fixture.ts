import type { INestMicroservice } from '@nestjs/common';
import {
  proveKey,
  signTicket,
  type MaintainClaims,
  type ReadClaims,
  type SnapshotPlace,
  type TicketClaims,
} from '@periodic-backup/contracts';
import { createLogger } from '@periodic-backup/platform';
import {
  TestMembers,
  startRedis,
  temporaryDirectory,
  type TemporaryDirectory,
  type TestServer,
} from '@periodic-backup/testing';
import { FoldersVault } from '@periodic-backup/vault';
import { generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto';
import { fork, type ChildProcess } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import type { AddressInfo, Server } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildReceiver } from '../../src/build-receiver.js';
import { ReceiverConfig } from '../../src/config.js';
import type { ReceiverParts } from '../../src/operations/receiver-life.js';
import { startReceiver } from '../../src/start-receiver.js';

export const DIST = new URL('../../dist/', import.meta.url);
export const WORKER_FILE = new URL('sessions/session-worker.js', DIST);

export interface TestReceiver {
  readonly app: INestMicroservice;
  readonly parts: ReceiverParts;
  readonly port: number;
}

/** One vault in a temporary directory, a private Redis, a scheduler's key, and receivers of that vault. */
export class ReceiverFixture {
  readonly members = new TestMembers();
  readonly #receivers: TestReceiver[] = [];
  readonly #processes: ChildProcess[] = [];
  #epoch = Date.now();

  private constructor(
    readonly redis: TestServer,
    private readonly directory: TemporaryDirectory,
    private readonly privateKey: KeyObject,
  ) {}

  static async open(): Promise<ReceiverFixture> {
    const directory = await temporaryDirectory('pbk-receiver-');
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    writeFileSync(join(directory.path, 'ticket.pub'), publicKey.export({ type: 'spki', format: 'pem' }));
    return new ReceiverFixture(await startRedis(), directory, privateKey);
  }

  get targetDir(): string {
    return join(this.directory.path, 'vault');
  }

  get vault(): FoldersVault {
    return FoldersVault.open({ targetDir: this.targetDir, name: 'vault' });
  }

  /** Environment of a receiver of this vault on a free port. */
  environment(overrides: Record<string, string> = {}): Record<string, string> {
    return {
      REDIS_URL: this.redis.url,
      LOG_LEVEL: 'fatal',
      RECEIVER_PORT: '0',
      TARGET_DIR: this.targetDir,
      TICKET_PUBLIC_KEY_FILE: join(this.directory.path, 'ticket.pub'),
      ...overrides,
    };
  }

  /** A receiver of this vault as a process of its own; says "message" once it accepts sessions. */
  process(overrides: Record<string, string> = {}): ChildProcess {
    const child = fork(fileURLToPath(new URL('bundle.js', DIST)), [], {
      env: { PATH: process.env['PATH'], ...this.environment(overrides) },
      execArgv: [],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#processes.push(child);
    return child;
  }

  async receiver(overrides: Record<string, string> = {}): Promise<TestReceiver> {
    const config = ReceiverConfig.parse(this.environment(overrides));
    const parts = await buildReceiver(config, createLogger('receiver', config.LOG_LEVEL), WORKER_FILE);
    const app = await startReceiver(parts);
    const { port } = app.unwrap<Server>().address() as AddressInfo;
    const receiver = { app, parts, port };
    this.#receivers.push(receiver);
    return receiver;
  }

  /** A receiver that other machines reach: with a certificate of the fleet's authority. */
  async secureReceiver(): Promise<TestReceiver> {
    const directory = join(this.directory.path, 'credentials');
    const member = { role: 'receiver', id: 'cellar' } as const;
    const ticketPublicKey = readFileSync(join(this.directory.path, 'ticket.pub'), 'utf8');
    this.members.writeCredentials(directory, member, { ticketPublicKey, redisUrl: null });
    return this.receiver({
      ...{ CREDENTIALS_DIR: directory, ADVERTISED_HOST: 'backup.example.org', RECEIVER_ID: 'cellar' },
    });
  }

  /** What the control plane tells receivers of revoked certificates. */
  revocations(serials: readonly string[], issuedAt = Date.now(), key = this.privateKey): string {
    const claims = { v: 1 as const, issuedAt, serials: [...serials] };
    return JSON.stringify({ ...claims, proof: proveKey('revocations', claims, key) });
  }

  /** A ticket for a new attempt; of a new plan and a new run unless told. */
  ticket(claims: Partial<TicketClaims> = {}): string {
    const planId = claims.planId ?? randomUUID();
    const nowSeconds = Math.floor(Date.now() / 1000);
    return signTicket(
      {
        v: 1,
        verb: 'append',
        runId: randomUUID(),
        epoch: ++this.#epoch,
        agentId: 'agent',
        planId,
        ...placeOf(planId),
        vaultId: this.vault.identity.id,
        accumulate: false,
        orderDigest: '0'.repeat(64),
        nbf: nowSeconds - 5,
        exp: nowSeconds + 600,
        ...claims,
      },
      this.privateKey,
    );
  }

  /** What the receivers of this vault want to see before they do a task; null: before they tell of all snapshots. */
  maintainTicket(orderDigest: string | null, claims: Partial<MaintainClaims> = {}): string {
    const nbf = Math.floor(Date.now() / 1000);
    const vaultId = this.vault.identity.id;
    return signTicket(
      { v: 1, verb: 'maintain', vaultId, orderDigest, nbf, exp: nbf + 600, ...claims },
      this.privateKey,
    );
  }

  /** A ticket to read any snapshot of a plan, unless told. */
  readTicket(planId: string, claims: Partial<ReadClaims> = {}): string {
    const nowSeconds = Math.floor(Date.now() / 1000);
    return signTicket(
      {
        v: 1,
        verb: 'read',
        vaultId: this.vault.identity.id,
        ...placeOf(planId),
        snapshot: null,
        runId: null,
        agentId: null,
        orderDigest: null,
        nbf: nowSeconds - 5,
        exp: nowSeconds + 600,
        ...claims,
      },
      this.privateKey,
    );
  }

  async close(): Promise<void> {
    await Promise.all(this.#receivers.map(({ app }) => app.close()));
    for (const child of this.#processes) child.kill('SIGKILL');
    await this.redis.stop();
    await this.directory.remove();
  }
}

/** Where the snapshots of a test's plan lie. */
export function placeOf(planId: string): SnapshotPlace {
  return { agentFolder: 'agent', planFolder: `plan-${planId.slice(0, 8)}` };
}
