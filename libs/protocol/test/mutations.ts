/** Random numbers that a seed repeats (mulberry32). */
export class Random {
  constructor(private state: number) {}

  /** A whole number from 0 to below `limit`. */
  below(limit: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  }

  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)] as T;
  }

  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.below(256)));
  }
}

const EDGES = [0, 1, 7, 8, 255, 256, 65_535, 65_536, 262_144, 1_048_576, 1_310_720, 2 ** 31, 2 ** 32 - 1];

type Mutation = (random: Random, from: Buffer) => Buffer;

const mutations: readonly Mutation[] = [
  function flipBit(random, from) {
    const copy = Buffer.from(from);
    const at = random.below(copy.length);
    copy[at] = (copy[at] as number) ^ (1 << random.below(8));
    return copy;
  },
  function overwriteByte(random, from) {
    const copy = Buffer.from(from);
    copy[random.below(copy.length)] = random.below(256);
    return copy;
  },
  function overwriteLength(random, from) {
    if (from.length < 4) return from;
    const copy = Buffer.from(from);
    copy.writeUInt32BE(random.pick(EDGES), random.below(copy.length - 3));
    return copy;
  },
  function remove(random, from) {
    const at = random.below(from.length);
    return Buffer.concat([from.subarray(0, at), from.subarray(at + 1 + random.below(16))]);
  },
  function repeat(random, from) {
    const at = random.below(from.length);
    const end = Math.min(from.length, at + 1 + random.below(200));
    return Buffer.concat([from.subarray(0, end), from.subarray(at)]);
  },
  function insert(random, from) {
    const at = random.below(from.length);
    return Buffer.concat([from.subarray(0, at), random.bytes(1 + random.below(16)), from.subarray(at)]);
  },
  function reorderFrames(random, from) {
    const frames = framesOf(from);
    const [a, b] = [random.below(frames.length), random.below(frames.length)];
    [frames[a], frames[b]] = [frames[b] as Buffer, frames[a] as Buffer];
    return Buffer.concat(frames);
  },
  function dropFrame(random, from) {
    const frames = framesOf(from);
    frames.splice(random.below(frames.length), 1);
    return Buffer.concat(frames);
  },
  function retypeFrame(random, from) {
    const frames = framesOf(from).map((frame) => Buffer.from(frame));
    const frame = random.pick(frames);
    if (frame.length >= 8)
      frame[4] = random.pick([1, 2, 3, 4, 5, 0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x20]);
    return Buffer.concat(frames);
  },
];

/** `from` with one to four things wrong. */
export function mutated(random: Random, from: Buffer): Buffer {
  let result = from;
  for (let times = 1 + random.below(4); times > 0; times--)
    if (result.length > 0) result = random.pick(mutations)(random, result);
  return result;
}

/** Preamble and frames of a stream that is or was valid; the rest in one piece where lengths lie. */
function framesOf(stream: Buffer): Buffer[] {
  const frames = [stream.subarray(0, 8)];
  let at = 8;
  while (at + 8 <= stream.length) {
    const end = at + 8 + stream.readUInt32BE(at);
    if (end > stream.length) break;
    frames.push(stream.subarray(at, end));
    at = end;
  }
  if (at < stream.length) frames.push(stream.subarray(at));
  return frames;
}

/** Hands out `stream` in random pieces. */
export function inPieces(random: Random, stream: Buffer, take: (piece: Buffer) => void): void {
  for (let at = 0; at < stream.length;) {
    const end = Math.min(stream.length, at + 1 + random.below(random.pick([4, 64, 4096])));
    take(stream.subarray(at, end));
    at = end;
  }
}
