import type {
  PathHistory,
  PathVersion,
  SkippedSnapshot,
  SnapshotMark,
  SnapshotView,
} from '@periodic-backup/contracts';
import type { Entry } from '@periodic-backup/protocol';
import { entryView, type OwnerNames } from './entry-view.js';
import { TimeBudget } from './time-budget.js';

/** What a path was in one snapshot. */
export interface Sighting {
  /** Null: it was not there. */
  readonly entry: Entry | null;
  readonly owners: OwnerNames;
}

export interface HistoryOptions {
  readonly limit: number;
  readonly budgetMs: number;
  /** A cursor that goes on behind this snapshot. */
  readonly cursorBehind: (snapshot: SnapshotView) => string;
}

/**
 * What a path was over the snapshots of a plan, newest first: snapshots that follow each other and hold it the same
 * are one version. `look` says what one holds, or why that cannot be said.
 */
export async function pathHistory(
  snapshots: AsyncIterable<SnapshotView>,
  look: (snapshot: SnapshotView) => Promise<Sighting | { readonly skipped: string }>,
  { limit, budgetMs, cursorBehind }: HistoryOptions,
): Promise<PathHistory> {
  const budget = new TimeBudget(budgetMs);
  const items: PathVersion[] = [];
  const skipped: SkippedSnapshot[] = [];
  let before: { snapshot: SnapshotView; entry: Entry | null } | null = null;
  for await (const snapshot of snapshots) {
    if (before !== null && budget.isSpent) return page(cursorBehind(before.snapshot));
    const seen = await look(snapshot);
    if ('skipped' in seen) {
      skipped.push({ ...markOf(snapshot), reason: seen.skipped });
      continue;
    }
    const { entry, owners } = seen;
    const goesOn = entry !== null && before !== null && before.entry !== null && isSame(entry, before.entry);
    if (entry !== null && !goesOn) {
      if (items.length === limit) return page(cursorBehind(before!.snapshot));
      const mark = markOf(snapshot);
      items.push({ entry: entryView(entry, owners), from: mark, to: mark, snapshots: 1 });
    } else if (goesOn) {
      const version = items.pop()!;
      items.push({ ...version, from: markOf(snapshot), snapshots: version.snapshots + 1 });
    }
    before = { snapshot, entry };
  }
  return page(null);

  function page(nextCursor: string | null): PathHistory {
    return { items, nextCursor, skipped };
  }
}

export function markOf({ id, snapshot, committedAt }: SnapshotView): SnapshotMark {
  return { id, snapshot, committedAt };
}

function isSame(a: Entry, b: Entry): boolean {
  return identity(a) === identity(b);
}

function identity({ kind, size, mtimeNs, mode, uid, gid, digest, target }: Entry): string {
  return [kind, size, mtimeNs, mode, uid, gid, digest?.toString('hex'), target?.toString('hex')].join();
}
