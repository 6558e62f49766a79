import { describeErrno, showPath } from '@periodic-backup/local-files';
import type { RestoreTally } from '@periodic-backup/restore';
import { formatBytes } from '@periodic-backup/terminal';

const TELL_MS = 250;
const KEPT_PROBLEMS = 1_000;

export interface TalliedProblem {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

/** Counts a restore on this machine and tells a terminal how far it is. */
export class TerminalTally implements RestoreTally {
  entries = 0;
  bytesRead = 0;
  bytesStored = 0;
  currentPath: Buffer | null = null;
  openFileBytes = 0;
  files = 0;
  failed = 0;
  readonly problems: TalliedProblem[] = [];
  #toldAtMs = 0;

  constructor(
    private readonly screen: NodeJS.WriteStream,
    private readonly totals: { readonly files: number; readonly bytes: number },
  ) {}

  restart(): void {
    [this.entries, this.files, this.bytesRead, this.bytesStored] = [0, 0, 0, 0];
  }

  sawFile(): void {
    this.#tell();
  }

  finishedFile(): void {
    this.files++;
    this.#tell();
  }

  walkEnded(): void {
    this.#tell();
  }

  problem(path: Buffer, code: string, message = describeErrno(code)): void {
    this.failed++;
    this.note(path, code, message);
  }

  note(path: Buffer, code: string, message: string): void {
    if (this.problems.length < KEPT_PROBLEMS) this.problems.push({ path: showPath(path), code, message });
  }

  /** Takes the line of progress away. */
  end(): void {
    if (this.screen.isTTY) this.screen.write('\r\x1b[K');
  }

  #tell(): void {
    const now = performance.now();
    if (!this.screen.isTTY || now - this.#toldAtMs < TELL_MS) return;
    this.#toldAtMs = now;
    const { files, bytes } = this.totals;
    this.screen.write(
      `\r\x1b[K${this.files}/${files} files  ${formatBytes(this.bytesStored)}/${formatBytes(bytes)}`,
    );
  }
}
