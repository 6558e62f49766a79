import type { ArchiveFormat, ArchiveMember } from './archive-format.js';
import { TAR_BLOCK_BYTES, tarHeader, tarPadding } from './tar-header.js';

/** tar carries everything that a snapshot holds but sockets, names byte for byte. */
export class TarFormat implements ArchiveFormat {
  readonly contentType = 'application/x-tar';
  readonly extension = '.tar';
  readonly hasHardLinks = true;

  entry(member: ArchiveMember): Buffer[] {
    const header = tarHeader(member);
    return header === null ? [] : [header];
  }

  async *file(
    member: ArchiveMember,
    content: AsyncIterable<Buffer> | Iterable<Buffer>,
  ): AsyncGenerator<Buffer, void> {
    yield* this.entry(member);
    yield* content;
    yield tarPadding(member.size);
  }

  end(): Buffer[] {
    return [Buffer.alloc(2 * TAR_BLOCK_BYTES)];
  }
}
