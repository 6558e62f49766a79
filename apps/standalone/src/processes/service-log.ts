import { closeSync, copyFileSync, openSync, readFileSync, renameSync, statSync, truncateSync } from 'node:fs';

const CAP_BYTES = 20 * 2 ** 20;
const TAIL_LINES = 8;

/** One service's log file. The one of the start before is kept as `<file>.1`. */
export class ServiceLog {
  constructor(readonly file: string) {}

  /** The earlier log steps aside. */
  rotate(): void {
    try {
      if (statSync(this.file).size > 0) renameSync(this.file, `${this.file}.1`);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }

  /** A descriptor to append to. The process writes to it itself, so that nothing is lost if the launcher dies. */
  open(): number {
    return openSync(this.file, 'a', 0o600);
  }

  /** Keeps the file under its cap while a process has it open: copies it aside and starts over. */
  cap(capBytes = CAP_BYTES): void {
    try {
      if (statSync(this.file).size < capBytes) return;
      copyFileSync(this.file, `${this.file}.1`);
      truncateSync(this.file);
    } catch {
      // A full disk or a removed folder must not end the launcher; the next round tries again.
    }
  }

  close(descriptor: number): void {
    closeSync(descriptor);
  }

  /** The last lines, for a message about what went wrong. */
  tail(lines = TAIL_LINES): string {
    try {
      return readFileSync(this.file, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
    } catch {
      return '';
    }
  }
}
