import { comparePaths } from '@periodic-backup/protocol';

const FIXED_BYTES = 10;
const PATH_LENGTH_AT = 8;

/** Where the blocks of a manifest begin, and the first path of each: a path per 64 KiB of records. */
export class BlockIndex {
  private constructor(
    private readonly bytes: Buffer,
    /** Where each block begins in the file; behind the last one, where the records end. */
    private readonly offsets: Float64Array,
    /** Where each first path begins in `bytes`. */
    private readonly pathsAt: Uint32Array,
  ) {}

  /** Null if the bytes are no index of records that end at `recordsEnd`. */
  static parse(bytes: Buffer, recordsEnd: number): BlockIndex | null {
    const offsets: number[] = [];
    const pathsAt: number[] = [];
    for (let at = 0; at < bytes.length;) {
      const pathAt = at + FIXED_BYTES;
      if (pathAt > bytes.length) return null;
      offsets.push(Number(bytes.readBigUInt64BE(at)));
      pathsAt.push(pathAt);
      at = pathAt + bytes.readUInt16BE(at + PATH_LENGTH_AT);
      if (at > bytes.length) return null;
    }
    offsets.push(recordsEnd);
    return new BlockIndex(bytes, Float64Array.from(offsets), Uint32Array.from(pathsAt));
  }

  get blocks(): number {
    return this.pathsAt.length;
  }

  /** First byte of a block and the first behind it. */
  range(block: number): { readonly start: number; readonly end: number } {
    return { start: this.offsets[block] as number, end: this.offsets[block + 1] as number };
  }

  firstPath(block: number): Buffer {
    const at = this.pathsAt[block] as number;
    return this.bytes.subarray(at, at + this.bytes.readUInt16BE(at - FIXED_BYTES + PATH_LENGTH_AT));
  }

  /** The last block whose first path is not after `path`; 0 if there is none. */
  blockOf(path: Buffer): number {
    let low = 0;
    let high = this.blocks - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (comparePaths(this.firstPath(middle), path) <= 0) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
