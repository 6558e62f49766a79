/** What a restore counts as it goes: its progress, and what went wrong. */
export interface RestoreTally {
  entries: number;
  bytesRead: number;
  bytesStored: number;
  currentPath: Buffer | null;
  openFileBytes: number;
  /** Begins anew: everything is looked at again. */
  restart(): void;
  sawFile(sizeBytes: number): void;
  finishedFile(sizeBytes: number): void;
  /** Every entry was seen. */
  walkEnded(): void;
  /** An entry could not be restored as it should; without `message` the error's name is explained. */
  problem(path: Buffer, code: string, message?: string): void;
  /** Worth telling, but nothing failed. */
  note(path: Buffer, code: string, message: string): void;
}
