import type { RunCounts, RunProblem, SnapshotCounts } from '@periodic-backup/contracts';
import { describeErrno, showPath } from '@periodic-backup/local-files';

/** The ledger keeps this many; the exact number is in the counts. */
const PROBLEMS_KEPT = 1000;

/** What a screen shows of a run under way. */
export interface Progress {
  readonly filesDone: number;
  readonly bytesDone: number;
  readonly filesTotal: number | null;
  readonly bytesTotal: number | null;
  readonly currentPath: string | null;
}

export interface Totals {
  readonly files: number;
  readonly bytes: number;
}

/** Counts one attempt: what was walked, read and sent, and what went wrong with which path. */
export class RunTally {
  entries = 0;
  files = 0;
  bytesRead = 0;
  bytesSent = 0;
  bytesStored = 0;
  filesFailed = 0;
  filesDone = 0;
  bytesDone = 0;
  /** Of the large file under way. */
  openFileBytes = 0;
  currentPath: Buffer | null = null;
  readonly problems: RunProblem[] = [];
  #walkedBytes = 0;
  #walkEnded = false;

  /** @param estimate totals of the plan's run before, shown until this run knows its own */
  constructor(public estimate: Totals | null) {}

  /** Begins the source anew: another receiver takes over. Bytes read and sent go on counting. */
  restart(): void {
    this.entries = this.files = this.filesFailed = this.filesDone = this.bytesDone = this.#walkedBytes = 0;
    this.openFileBytes = 0;
    this.#walkEnded = false;
    this.problems.length = 0;
  }

  sawFile(sizeBytes: number): void {
    this.files++;
    this.#walkedBytes += sizeBytes;
  }

  walkEnded(): void {
    this.#walkEnded = true;
  }

  finishedFile(sizeBytes: number): void {
    this.filesDone++;
    this.bytesDone += sizeBytes;
    this.openFileBytes = 0;
  }

  problem(path: Buffer, code: string, message = describeErrno(code)): void {
    this.filesFailed++;
    this.note(path, code, message);
  }

  /** Worth telling, but nothing failed: the run is as complete as the source. */
  note(path: Buffer, code: string, message: string): void {
    if (this.problems.length < PROBLEMS_KEPT)
      this.problems.push({ path: showPath(path), code, message: `${message}.` });
  }

  /** Takes a problem back: its path is sent once more. */
  retract(path: Buffer): void {
    this.filesFailed--;
    const at = this.problems.findLastIndex((problem) => problem.path === showPath(path));
    if (at !== -1) this.problems.splice(at, 1);
  }

  /** The vault's word at the end: a run that was committed before walks nothing again. */
  committed(counts: SnapshotCounts): void {
    this.bytesStored = counts.storedBytes;
    if (this.entries > 0) return;
    this.entries = counts.entries;
    this.files = this.filesDone = counts.files;
    this.bytesDone = this.#walkedBytes = counts.bytes;
    this.filesFailed = counts.problems;
  }

  get totals(): Totals {
    return { files: this.files, bytes: this.#walkedBytes };
  }

  get progress(): Progress {
    const estimate = this.#walkEnded ? this.totals : this.estimate;
    return {
      filesDone: this.filesDone,
      bytesDone: this.bytesDone + this.openFileBytes,
      filesTotal: estimate && Math.max(estimate.files, this.files),
      bytesTotal: estimate && Math.max(estimate.bytes, this.#walkedBytes),
      currentPath: this.currentPath && showPath(this.currentPath),
    };
  }

  get counts(): RunCounts {
    const { entries, files, bytesRead, bytesSent, bytesStored, filesFailed } = this;
    return { entries, files, bytesRead, bytesSent, bytesStored, filesFailed };
  }
}
