import { randomUUID } from 'node:crypto';
import { createDatabase } from '@periodic-backup/testing';
import { sql } from 'drizzle-orm';
import type { PlanInput } from '@periodic-backup/contracts';
import { openLedger, type Ledger } from '../src/open-ledger.js';
import { runs } from '../src/schema.js';

export interface TestLedger {
  readonly ledger: Ledger;
  /** Empties every table. */
  clear(): Promise<void>;
  stop(): Promise<void>;
}

/** A ledger in a database of its own. */
export async function openTestLedger(): Promise<TestLedger> {
  const database = await createDatabase();
  const { ledger, close } = await openLedger(database.url);
  return {
    ledger,
    async clear() {
      await ledger.execute(
        sql`truncate plan_marks, plan_standings, agents, plans, run_requests, receiver_settings, agent_limits, vault_limits, vaults, runs, run_problems, snapshots, snapshot_pins, failed_attempts, vault_samples, members, certificates, invitations`,
      );
    },
    async stop() {
      await close();
      await database.stop();
    },
  };
}

export function planInput(changes: Partial<PlanInput> = {}): PlanInput & { id: string } {
  return {
    id: randomUUID(),
    name: 'documents',
    agentId: 'laptop',
    sourceDir: '/srv/documents',
    excludes: [],
    afterTransmit: 'keep',
    backupDir: null,
    bandwidth: null,
    retention: null,
    recoveryPointSeconds: null,
    verifySchedule: null,
    schedule: { kind: 'every', everySeconds: 3600 },
    vaultId: randomUUID(),
    ...changes,
  };
}

export async function addRun(
  ledger: Ledger,
  changes: Partial<typeof runs.$inferInsert> = {},
): Promise<typeof runs.$inferSelect> {
  const [row] = await ledger
    .insert(runs)
    .values({
      id: randomUUID(),
      planId: randomUUID(),
      agentId: 'laptop',
      trigger: 'schedule',
      state: 'committed',
      scheduledFor: new Date('2026-11-22T10:00:00Z'),
      ...changes,
    })
    .returning();
  return row!;
}
