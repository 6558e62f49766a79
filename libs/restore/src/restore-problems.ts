import { RestoreRefused } from './restore-refused.js';
import { describeErrno, errnoOf } from '@periodic-backup/local-files';
import type { RestoreTally } from './restore-tally.js';
import { NameTaken } from './publish.js';

/** No other file can fare better. */
const ENDS_RESTORE: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EMFILE', 'ENFILE']);

const DAMAGE: Readonly<Record<string, string>> = {
  DAMAGED: 'the vault holds it damaged, so it was not restored; another snapshot may hold it whole',
  DIGEST_MISMATCH: 'what came is not what the snapshot recorded, so it was not restored; verify the snapshot',
  UNREADABLE: 'it could not be read when it was backed up; the snapshot lacks it',
  STORAGE_FAILED: 'the vault could not read it now; restore it again with the rule "skip"',
  DRILL_MISMATCH: 'what was read back is not what was written; the disk or its memory may be at fault',
  NOT_FOUND: 'the vault does not find it in the snapshot',
};

/** Names what could not be restored. */
export class RestoreProblems {
  constructor(
    private readonly tally: RestoreTally,
    private readonly destination: Buffer,
  ) {}

  /** An entry failed for a reason of this machine; the rest goes on. @throws the error if it is not one of a file */
  failed(path: Buffer, error: unknown): void {
    if (error instanceof NameTaken) {
      this.tally.problem(path, 'CONFLICT', error.message);
      return;
    }
    const errno = errnoOf(error);
    if (errno === 'UNKNOWN') throw error;
    if (ENDS_RESTORE.has(errno))
      throw new RestoreRefused(
        'DESTINATION_FULL',
        `Nothing more can be written to ${this.destination.toString()}: ${describeErrno(errno)}. ` +
          'What is restored stays; make room and restore again with the rule "skip" or "overwrite".',
      );
    const why =
      errno === 'EACCES' ? 'the agent may not write there; give its user the permission' : undefined;
    this.tally.problem(path, errno, why ?? describeErrno(errno));
  }

  damaged(path: Buffer, code: string): void {
    this.tally.problem(path, code, DAMAGE[code] ?? `the vault cannot give it (${code})`);
  }

  unreadable(path: Buffer): void {
    this.tally.problem(
      path,
      'UNREADABLE',
      'it could not be read when it was backed up; the snapshot lacks it',
    );
  }

  unlisted(path: Buffer): void {
    this.tally.problem(
      path,
      'UNREADABLE',
      'it could not be listed when it was backed up; what it held is missing',
    );
  }

  conflict(path: Buffer): void {
    this.tally.problem(path, 'CONFLICT', 'something else stands in its place');
  }

  missing(path: Buffer): void {
    this.tally.problem(path, 'NOT_FOUND', 'the snapshot does not hold it');
  }

  /** Nothing failed, but somebody should know. */
  note(path: Buffer, code: string, message: string): void {
    this.tally.note(path, code, message);
  }
}
