import type { ConflictRule } from '@periodic-backup/contracts';
import type { Entry } from '@periodic-backup/protocol';
import type { SnapshotReader } from '@periodic-backup/reader';
import type { RestoreTally } from './restore-tally.js';
import type { ChosenPaths } from './chosen-entries.js';
import type { EntryMetadata } from './entry-metadata.js';
import type { RestoreProblems } from './restore-problems.js';
import type { RestoreResult } from './restore-result.js';
import type { RestoreState } from './restore-state.js';

/** One attempt to restore, over one connection. */
export interface RestoreJob {
  readonly source: Pick<SnapshotReader, 'list' | 'lastListWasComplete' | 'fetchAll'>;
  /** What is restored, in order, each after the directories that lead to it. May be asked for twice. */
  readonly entries: () => AsyncIterable<Entry[]>;
  readonly chosen: ChosenPaths;
  /** Real path. */
  readonly destination: Buffer;
  readonly rule: ConflictRule;
  readonly snapshot: string;
  readonly runId: string;
  readonly state: RestoreState;
  readonly metadata: EntryMetadata;
  readonly tally: RestoreTally;
  readonly result: RestoreResult;
  readonly problems: RestoreProblems;
  /** Called often; throws to stop. */
  readonly check: () => void;
  /** A file stands under its name; path below the destination. */
  readonly onFile?: (target: Buffer, entry: Entry) => void;
}
