import type { EntryKind } from '@periodic-backup/protocol';

/** One thing in an archive. */
export interface ArchiveMember {
  /** Bytes, parts divided by `/`, relative. */
  readonly name: Buffer;
  readonly kind: EntryKind;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly user: string;
  readonly group: string;
  /** Bytes of a file, device number of a device, otherwise 0. */
  readonly size: number;
  readonly mtimeNs: bigint;
  /** What a symlink says, or the name of the member that a hard link links to; otherwise null. */
  readonly target: Buffer | null;
}

/** Writes one archive, member by member, as bytes to send. One at a time, each to its end. */
export interface ArchiveFormat {
  readonly contentType: string;
  /** Of the archive's name, with the dot. */
  readonly extension: '.tar' | '.zip';
  /** False: a hard link is written as a file with the content again. */
  readonly hasHardLinks: boolean;
  /** A member without content; nothing if the format has no such kind. */
  entry(member: ArchiveMember): Buffer[];
  /** A file; `content` gives exactly `member.size` bytes. */
  file(member: ArchiveMember, content: AsyncIterable<Buffer> | Iterable<Buffer>): AsyncIterable<Buffer>;
  /** What ends the archive. Without it no program takes the archive for whole. */
  end(): Buffer[];
}
