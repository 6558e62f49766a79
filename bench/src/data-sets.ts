import { closeSync, existsSync, mkdirSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** The files every contestant backs up: made from a seed, the same on every machine. */
export interface DataSet {
  readonly name: string;
  readonly directory: string;
  readonly files: number;
  readonly bytes: number;
}

const KIB = 1024;
const MIB = 1024 * KIB;

/** 50,000 files of 0.5–32 KiB, sizes log-uniform, 250 to a directory; incompressible. */
export function smallFiles(root: string, count = 50_000): DataSet {
  const directory = fresh(root, 'small');
  const random = new RandomBytes(1);
  let bytes = 0;
  for (let i = 0; i < count; i++) {
    const folder = join(directory, `d${String(Math.floor(i / 250)).padStart(5, '0')}`);
    if (i % 250 === 0) mkdirSync(folder);
    const size = Math.round(512 * 2 ** (random.fraction() * 6));
    writeFileSync(join(folder, `file-${i}.bin`), random.take(size));
    bytes += size;
  }
  return { name: `${count.toLocaleString('en')} files of 0.5–32 KiB`, directory, files: count, bytes };
}

/** Four files of 512 MiB, incompressible. */
export function largeFiles(root: string, count = 4, sizeBytes = 512 * MIB): DataSet {
  const directory = fresh(root, 'large');
  const random = new RandomBytes(2);
  for (let i = 0; i < count; i++) writeLarge(join(directory, `large-${i}.bin`), sizeBytes, random);
  return { name: `${count} × ${sizeBytes / MIB} MiB`, directory, files: count, bytes: count * sizeBytes };
}

/** One file of 1 GiB. */
export function oneFile(root: string, sizeBytes = 1024 * MIB): DataSet {
  const directory = fresh(root, 'one');
  writeLarge(join(directory, 'image.bin'), sizeBytes, new RandomBytes(3));
  return { name: `one file of ${sizeBytes / MIB} MiB, 1 % changed`, directory, files: 1, bytes: sizeBytes };
}

/** Overwrites 1 % of the file in spots of 64 KiB. */
export function changeOnePercent(set: DataSet, seed: number): void {
  const random = new RandomBytes(1000 + seed);
  const spot = 64 * KIB;
  const file = openSync(join(set.directory, 'image.bin'), 'r+');
  for (let i = 0; i < set.bytes / 100 / spot; i++)
    writeSync(file, random.take(spot), 0, spot, Math.floor(random.fraction() * (set.bytes / spot)) * spot);
  closeSync(file);
}

/** A million empty files, 1,000 to a directory: what a tree costs, not its bytes. */
export function emptyFiles(root: string, count = 1_000_000): DataSet {
  const directory = fresh(root, 'empty');
  for (let i = 0; i < count; i++) {
    const folder = join(directory, `d${String(Math.floor(i / 1000)).padStart(5, '0')}`);
    if (i % 1000 === 0) mkdirSync(folder);
    closeSync(openSync(join(folder, `empty-${i}`), 'wx'));
  }
  return { name: `${count.toLocaleString('en')} empty files`, directory, files: count, bytes: 0 };
}

function fresh(root: string, name: string): string {
  const directory = join(root, name);
  if (existsSync(directory)) rmSync(directory, { recursive: true });
  mkdirSync(directory, { recursive: true });
  return directory;
}

function writeLarge(path: string, sizeBytes: number, random: RandomBytes): void {
  const file = openSync(path, 'wx');
  for (let at = 0; at < sizeBytes; at += MIB) writeSync(file, random.take(Math.min(MIB, sizeBytes - at)));
  closeSync(file);
}

/** xorshift128, a word at a time: fast, seeded, does not compress. */
class RandomBytes {
  readonly #words = new Uint32Array(MIB / 4);
  readonly #bytes = Buffer.from(this.#words.buffer);
  #x: number;
  #y = 362436069;
  #z = 521288629;
  #w = 88675123;

  constructor(seed: number) {
    this.#x = 123456789 ^ (seed * 2654435761);
  }

  #next(): number {
    const t = this.#x ^ (this.#x << 11);
    this.#x = this.#y;
    this.#y = this.#z;
    this.#z = this.#w;
    this.#w = this.#w ^ (this.#w >>> 19) ^ t ^ (t >>> 8);
    return this.#w >>> 0;
  }

  fraction(): number {
    return this.#next() / 2 ** 32;
  }

  /** A view that the next call overwrites. */
  take(sizeBytes: number): Buffer {
    const words = Math.ceil(sizeBytes / 4);
    for (let i = 0; i < words; i++) this.#words[i] = this.#next();
    return this.#bytes.subarray(0, sizeBytes);
  }
}
