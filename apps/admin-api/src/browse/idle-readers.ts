import type { OpenedSnapshot, SnapshotReader } from '@periodic-backup/reader';
import type { PlanInVault } from './read-tickets.js';

/** A connection that nobody uses, with what was opened on it last. */
export interface IdleReader {
  readonly reader: SnapshotReader;
  readonly open: { readonly snapshot: string; readonly opened: OpenedSnapshot } | null;
}

/** Kept for so long: whoever clicks through directories pays no handshake and no second opening. */
const IDLE_MS = 20_000;
/** Few: each takes a receiver's place that a backup may want. */
const MOST_IDLE = 8;
const MOST_IDLE_PER_PLAN = 2;

interface Kept extends IdleReader {
  readonly plan: string;
  readonly timer: NodeJS.Timeout;
}

/** Connections that wait for the next one to read the same plan. Oldest first. */
export class IdleReaders {
  #kept: Kept[] = [];
  #isClosed = false;

  /** One for this plan, best with this snapshot open; null if none waits. */
  take(snapshot: PlanInVault & { readonly snapshot: string }): IdleReader | null {
    const plan = keyOf(snapshot);
    const ofPlan = this.#kept.filter((one) => one.plan === plan);
    const found = ofPlan.find(({ open }) => open?.snapshot === snapshot.snapshot) ?? ofPlan.at(-1);
    if (found) this.#forget(found);
    return found ?? null;
  }

  put(snapshot: PlanInVault, idle: IdleReader): void {
    if (this.#isClosed) return idle.reader.close();
    const plan = keyOf(snapshot);
    const timer = setTimeout(() => this.#drop(kept), IDLE_MS);
    const kept: Kept = { ...idle, plan, timer };
    this.#kept.push(kept);
    const ofPlan = this.#kept.filter((one) => one.plan === plan);
    if (ofPlan.length > MOST_IDLE_PER_PLAN) this.#drop(ofPlan[0]!);
    else if (this.#kept.length > MOST_IDLE) this.#drop(this.#kept[0]!);
  }

  close(): void {
    this.#isClosed = true;
    for (const kept of [...this.#kept]) this.#drop(kept);
  }

  #drop(kept: Kept): void {
    this.#forget(kept);
    kept.reader.close();
  }

  #forget(kept: Kept): void {
    clearTimeout(kept.timer);
    this.#kept = this.#kept.filter((one) => one !== kept);
  }
}

function keyOf({ vaultId, agentFolder, planFolder }: PlanInVault): string {
  return JSON.stringify([vaultId, agentFolder, planFolder]);
}
