import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  digestOrder,
  digestTerms,
  signTicket,
  type ReceiverOffer,
  type RunJob,
  type RunOrder,
  type TicketClaims,
} from '@periodic-backup/contracts';
import { runBackup, type AgentContext, type RunEnd } from '../run/run-backup.js';
import { PendingRules } from '../state/pending-rules.js';
import { StateFolder } from '../state/state-folder.js';
import { CancelFlag } from '../transfer/cancel-flag.js';
import { FULL_SHARE } from '../transfer/pace.js';
import { RunTally } from '../transfer/run-tally.js';
import { TRANSFER_TIMES } from '../transfer/transfer-times.js';

/** An agent with its own directories below `root`: `source`, `backup`, `state`, and a scheduler's key. */
export class TestAgent {
  readonly source: string;
  readonly backup: string;
  context: AgentContext;
  cancel = new CancelFlag();
  readonly keys = generateKeyPairSync('ed25519');
  private readonly orders = new Map<string, RunOrder>();
  private readonly planId = randomUUID();
  private readonly vaultId = randomUUID();

  constructor(root: string) {
    this.source = join(root, 'source');
    this.backup = join(root, 'backup');
    const ticketKeyFile = join(root, 'ticket.pem');
    const stateDir = join(root, 'state');
    for (const directory of [this.source, stateDir]) mkdirSync(directory);
    writeFileSync(ticketKeyFile, this.keys.publicKey.export({ type: 'spki', format: 'pem' }));
    const state = StateFolder.open(stateDir);
    this.context = {
      ...{
        agentId: 'test-agent',
        software: 'test',
        ticketKeyFile,
        state,
        pending: new PendingRules(state.rules),
      },
      shareOf: () => FULL_SHARE,
      credentials: null,
      allowed: { sources: [this.source], backups: [this.backup], restores: [] },
      drillDir: join(stateDir, 'drills'),
      times: { ...TRANSFER_TIMES, roundPauseMs: 10, roundPauseMaxMs: 20, giveUpMs: 2000, connectMs: 1000 },
    };
  }

  order(changes: Partial<RunOrder> = {}): RunOrder {
    return {
      ...{ runId: randomUUID(), epoch: Date.now(), planId: this.planId, agentId: 'test-agent' },
      ...{ sourceDir: this.source, excludes: [], afterTransmit: 'keep', backupDir: null },
      vaultId: this.vaultId,
      ...changes,
    };
  }

  job(order: RunOrder, ...receivers: ReceiverOffer[]): RunJob {
    return this.jobAt(Date.now(), order, ...receivers);
  }

  /** The same with all that the scheduler binds a ticket to. */
  signed(order: RunOrder, ...receivers: ReceiverOffer[]): RunJob {
    const termsDigest = digestTerms({ receivers });
    return this.#job(Date.now(), order, receivers, { termsDigest });
  }

  /** A job as the scheduler would have signed it at another time. */
  jobAt(nowMs: number, order: RunOrder, ...receivers: ReceiverOffer[]): RunJob {
    return this.#job(nowMs, order, receivers, {});
  }

  #job(nowMs: number, order: RunOrder, receivers: ReceiverOffer[], claims: Partial<TicketClaims>): RunJob {
    const { runId, epoch, agentId, planId, vaultId } = order;
    const now = Math.floor(nowMs / 1000);
    const ticket = signTicket(
      {
        ...{ v: 1, verb: 'append', runId, epoch, agentId, planId, vaultId },
        ...{ agentFolder: agentId, planFolder: 'plan', accumulate: order.afterTransmit === 'move' },
        ...{ orderDigest: digestOrder(order), nbf: now - 5, exp: now + 600 },
        ...claims,
      },
      this.keys.privateKey,
    );
    this.orders.set(ticket, order);
    return { order, ticket, receivers };
  }

  /** What a test receiver learns from a ticket. */
  readonly orderOf = (ticket: string): RunOrder => {
    const order = this.orders.get(ticket);
    if (!order) throw new Error('an unknown ticket');
    return order;
  };

  renewCancel(): void {
    this.cancel = new CancelFlag();
  }

  /** Removes the stored receipt, as if the machine had died before it was written. */
  forgetReceipt({ planId, runId }: RunOrder): void {
    rmSync(join(this.context.state.rules, `${planId}.${runId}.receipt.json`));
  }

  run(order: RunOrder, ...receivers: ReceiverOffer[]): Promise<RunEnd> {
    return this.runJob(this.job(order, ...receivers));
  }

  runJob(job: RunJob): Promise<RunEnd> {
    return runBackup(job, this.context, new RunTally(null), this.cancel, () => undefined);
  }
}
