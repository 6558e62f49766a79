/** RFC 9110 §14: which bytes of a file a request wants. */
export type ByteRange =
  | { readonly kind: 'whole' }
  /** `length` bytes from `offset`. */
  | { readonly kind: 'part'; readonly offset: number; readonly length: number }
  /** Nothing of what was asked for exists. */
  | { readonly kind: 'beyond' };

const WHOLE: ByteRange = { kind: 'whole' };

/**
 * Reads a `Range` header. What is not one range of bytes is ignored, as the standard allows: several ranges, other
 * units, nonsense.
 */
export function byteRange(header: string | undefined, sizeBytes: number): ByteRange {
  const [, first, last] = /^bytes=[ \t]*(\d*)-(\d*)[ \t]*$/i.exec(header ?? '') ?? [];
  if (first === undefined || last === undefined || (first === '' && last === '')) return WHOLE;
  if (first === '') {
    const length = Math.min(Number(last), sizeBytes);
    return length === 0 ? { kind: 'beyond' } : { kind: 'part', offset: sizeBytes - length, length };
  }
  const offset = Number(first);
  const end = last === '' ? sizeBytes - 1 : Math.min(Number(last), sizeBytes - 1);
  if (last !== '' && Number(last) < offset) return WHOLE;
  return offset >= sizeBytes ? { kind: 'beyond' } : { kind: 'part', offset, length: end - offset + 1 };
}

/**
 * True unless an `If-Range` names another state of the file: then the whole file is wanted, not a part of something
 * else. A date must be that of the file exactly.
 */
export function rangeStillHolds(ifRange: string | undefined, etag: string, lastModified: string): boolean {
  return ifRange === undefined || ifRange.trim() === etag || ifRange.trim() === lastModified;
}

/** True if an `If-None-Match` names this very state. */
export function alreadyHas(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  const tags = ifNoneMatch.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes(etag) || tags.includes('*');
}
