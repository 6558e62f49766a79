/** A file to read, or a part of one. A caller's own type may extend it: it comes back with the answer. */
export interface FileWant {
  /** Of a file or a hard link in the open snapshot. */
  readonly path: Buffer;
  /** First byte wanted, 0 if left out. */
  readonly offset?: number;
  /** Null or left out: to the end. */
  readonly lengthBytes?: number | null;
}

/** Why a file does not come. The others do. */
export type FileFailure =
  /** The snapshot has no such file. */
  | 'NOT_FOUND'
  /** The backup could not read it: it never had content. */
  | 'UNREADABLE'
  /** The vault no longer holds it as it was. */
  | 'DAMAGED'
  /** The vault could not read it now. */
  | 'STORAGE_FAILED'
  /** What came is not what the manifest says. */
  | 'DIGEST_MISMATCH';

export interface FileOutcome {
  /** Of the whole file, as the manifest says. */
  readonly digest: Buffer;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
  /** Null if only a part was asked for, which cannot be compared. */
  readonly digestMatches: boolean | null;
}

/** Nothing, or a promise that settles once the taker has caught up and no longer needs the bytes. */
export type Taken = Promise<void> | undefined | void;

/**
 * Takes files in the order they were asked for. Bytes are a view: the reader's again on return, or when the promise that
 * was returned is settled. While any promise is not, nothing more is read from the socket; what was read already (at
 * most 1 MiB) still comes, without waiting for earlier promises. Who throws or rejects ends the connection.
 */
export interface FileTaker<Want extends FileWant = FileWant> {
  /** A file of at most 64 KiB, compared with its digest, or as many bytes of one as were asked for. */
  whole(want: Want, content: Buffer, outcome: FileOutcome): Taken;
  /** A longer one begins: bytes and holes follow, then `end` or `failed`. */
  begin(want: Want): Taken;
  bytes(want: Want, piece: Buffer): Taken;
  /** That many zero bytes. */
  hole(want: Want, lengthBytes: number): Taken;
  /** All of it was handed over; whether it is what was backed up is known only now. */
  end(want: Want, outcome: FileOutcome): Taken;
  /** Also in the middle of a longer one. */
  failed(want: Want, code: FileFailure): Taken;
}

/** Bytes of a file in order, or zeros that need not be written. */
export type ReadPiece =
  | { readonly bytes: Buffer; readonly holeBytes?: undefined }
  | { readonly holeBytes: number; readonly bytes?: undefined };

const WHY: Readonly<Record<FileFailure, string>> = {
  NOT_FOUND: 'The snapshot has no such file',
  UNREADABLE: 'The backup could not read this file: the snapshot holds its entry only',
  DAMAGED: 'The vault no longer holds this file as it was backed up: take it from another snapshot',
  STORAGE_FAILED: 'The vault could not read this file now: try again',
  DIGEST_MISMATCH: 'What came of this file is not what was backed up: try again, then verify the snapshot',
};

/** One file could not be read; the connection goes on. */
export class FileUnavailableError extends Error {
  override readonly name = 'FileUnavailableError';

  constructor(
    readonly code: FileFailure,
    path: Buffer,
  ) {
    super(`${WHY[code]}: ${JSON.stringify(path.subarray(0, 200).toString())}.`);
  }
}
