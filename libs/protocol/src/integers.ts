/** 64-bit fields as `number`: only what a number holds exactly. Sizes and offsets stay below 2^53. */
const HIGH_LIMIT = 2 ** 21;
const HIGH_UNIT = 2 ** 32;

/** A view of exactly the bytes of a buffer; its 64-bit access is much faster than that of Buffer. */
export function viewOf(buffer: Buffer): DataView {
  return new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}

/** The u64 at `at`, or -1 if it is 2^53 or more. */
export function readSafeUint64(view: DataView, at: number): number {
  const high = view.getUint32(at);
  return high >= HIGH_LIMIT ? -1 : high * HIGH_UNIT + view.getUint32(at + 4);
}

/** Writes a u64. @throws RangeError if the number is negative, not whole or not exact. */
export function writeSafeUint64(view: DataView, at: number, value: number): void {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${value} cannot be sent as a u64.`);
  view.setUint32(at, Math.floor(value / HIGH_UNIT));
  view.setUint32(at + 4, value % HIGH_UNIT);
}
