import { createHash } from 'node:crypto';
import {
  closeSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  readSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

/** Bytes of a seed: the same path and version always hold the same content. */
export function seededBytes(seed: string, sizeBytes: number): Buffer {
  const blocks: Buffer[] = [];
  for (let i = 0; i * 64 < sizeBytes; i++) blocks.push(createHash('sha512').update(`${seed}:${i}`).digest());
  return Buffer.concat(blocks).subarray(0, sizeBytes);
}

/** Makes (or rewrites) `count` files of `sizeBytes` each, 100 to a directory; a new `version` changes every byte. */
export function makeManyFiles(directory: string, count: number, sizeBytes: number, version = ''): void {
  for (let i = 0; i < count; i++) {
    const folder = join(directory, `d${String(Math.floor(i / 100)).padStart(4, '0')}`);
    if (i % 100 === 0) mkdirSync(folder, { recursive: true });
    const path = join(folder, `f${i}`);
    writeFileSync(path, seededBytes(`${version}/${i}`, sizeBytes));
    setWholeMilliseconds(path);
  }
}

/** Makes (or rewrites) one large file of mebibytes that do not repeat; a new `version` changes every byte. */
export function makeLargeFile(path: string, sizeMiB: number, version = ''): void {
  const block = seededBytes(version, 1 << 20);
  const file = openSync(path, 'w');
  for (let i = 0; i < sizeMiB; i++) {
    block.writeUInt32BE(i, 0);
    writeSync(file, block);
  }
  closeSync(file);
  setWholeMilliseconds(path);
}

/** Node sets times as doubles, a quarter of a microsecond off: whole milliseconds compare equal after rounding. */
function setWholeMilliseconds(path: string): void {
  const nowSeconds = Date.now() / 1000;
  utimesSync(path, nowSeconds, nowSeconds);
}

/**
 * What a tree holds, path → kind, mode, mtime in milliseconds and SHA-256: an independent witness
 * that shares no code with the product.
 */
export function describeTree(directory: string): Map<string, string> {
  const found = new Map<string, string>();
  const visit = (relative: string): void => {
    for (const name of readdirSync(join(directory, relative)).sort()) {
      const path = relative === '' ? name : `${relative}/${name}`;
      const full = join(directory, path);
      const stat = lstatSync(full);
      if (stat.isDirectory()) {
        found.set(path, 'directory');
        visit(path);
      } else if (stat.isSymbolicLink()) found.set(path, `symlink ${readlinkSync(full)}`);
      else if (stat.isFile())
        found.set(path, `file ${stat.size} ${Math.round(stat.mtimeMs)} ${sha256(full, stat.size)}`);
      else found.set(path, 'special');
    }
  };
  visit('');
  return found;
}

/** Paths at which two descriptions differ, with both sides; empty when the trees agree. */
export function differences(expected: Map<string, string>, actual: Map<string, string>): string[] {
  const paths = new Set([...expected.keys(), ...actual.keys()]);
  return [...paths]
    .filter((path) => expected.get(path) !== actual.get(path))
    .map(
      (path) =>
        `${path}: expected ${expected.get(path) ?? 'nothing'}, found ${actual.get(path) ?? 'nothing'}`,
    );
}

function sha256(path: string, sizeBytes: number): string {
  if (sizeBytes < 1 << 20) return createHash('sha256').update(readFileSync(path)).digest('hex');
  const hash = createHash('sha256');
  const block = Buffer.allocUnsafe(1 << 20);
  const file = openSync(path, 'r');
  for (let read = readSync(file, block); read > 0; read = readSync(file, block))
    hash.update(block.subarray(0, read));
  closeSync(file);
  return hash.digest('hex');
}
