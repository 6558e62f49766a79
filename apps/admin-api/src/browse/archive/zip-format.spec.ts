import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { lstatSync, mkdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory, type TemporaryDirectory } from '@periodic-backup/testing';
import type { ArchiveMember } from './archive-format.js';
import { ZipFormat } from './zip-format.js';
import { zipName } from './zip-name.js';
import { centralRecord, endRecords, localHeader, type ZipRecord } from './zip-records.js';

let directory: TemporaryDirectory;
beforeEach(async () => {
  directory = await temporaryDirectory();
});
afterEach(() => directory.remove());

const member = (name: string | Buffer, more: Partial<ArchiveMember> = {}): ArchiveMember => ({
  ...{ name: Buffer.from(name), kind: 'file', mode: 0o644, uid: 0, gid: 0, user: '', group: '' },
  ...{ size: 0, mtimeNs: 1_700_000_001_000_000_000n, target: null },
  ...more,
});

async function archive(members: readonly { member: ArchiveMember; content?: Buffer }[]): Promise<string> {
  const format = new ZipFormat();
  const parts: Buffer[] = [];
  for (const { member: one, content } of members)
    if (one.kind !== 'file') parts.push(...format.entry(one));
    else
      for await (const part of format.file(
        { ...one, size: content?.length ?? 0 },
        content ? cut(content) : [],
      ))
        parts.push(part);
  const file = join(directory.path, 'archive.zip');
  writeFileSync(file, Buffer.concat([...parts, ...format.end()]));
  return file;
}

/** In pieces, as it comes over the wire. */
function* cut(content: Buffer): Generator<Buffer> {
  for (let at = 0; at < content.length; at += 40_000) yield content.subarray(at, at + 40_000);
}

const text = Buffer.from('to be or not to be '.repeat(20_000));
const noise = randomBytes(200_000);
const members = [
  { member: member('top', { kind: 'directory', mode: 0o755 }) },
  { member: member('top/small.txt', { mode: 0o750 }), content: text.subarray(0, 3000) },
  { member: member('top/noise'), content: noise.subarray(0, 3000) },
  { member: member('top/empty') },
  { member: member('top/größe'), content: Buffer.from('umlaut') },
  { member: member('top/large text'), content: text },
  { member: member('top/large noise'), content: noise },
  { member: member('top/link', { kind: 'symlink', target: Buffer.from('small.txt') }) },
  { member: member('top/pipe', { kind: 'fifo' }) },
  { member: member(Buffer.from([0x74, 0x2f, 0xff])), content: Buffer.from('one') },
  { member: member(Buffer.from([0x74, 0x2f, 0xfe])), content: Buffer.from('two') },
] as const;

test('unzip unpacks what was packed: content, modes, times, symlinks', async () => {
  const target = join(directory.path, 'out');
  mkdirSync(target);
  execFileSync('unzip', ['-q', await archive(members), '-d', target], { stdio: 'pipe' });
  const at = (name: string) => join(target, 'top', name);
  expect(readFileSync(at('small.txt')).equals(text.subarray(0, 3000))).toBe(true);
  expect(readFileSync(at('noise')).equals(noise.subarray(0, 3000))).toBe(true);
  expect(readFileSync(at('large text')).equals(text)).toBe(true);
  expect(readFileSync(at('large noise')).equals(noise)).toBe(true);
  expect(lstatSync(at('empty')).size).toBe(0);
  expect(lstatSync(at('small.txt')).mode & 0o777).toBe(0o750);
  expect(lstatSync(at('small.txt')).mtimeMs).toBe(1_700_000_001_000);
  expect(readlinkSync(at('link'))).toBe('small.txt');
});

test('Python finds every member whole, with names in UTF-8 that never become one', async () => {
  const script = `
import sys, zipfile
archive = zipfile.ZipFile(sys.argv[1])
assert archive.testzip() is None
print("\\n".join(f"{one.filename} {one.file_size}" for one in archive.infolist()))`;
  const lines = execFileSync('python3', ['-X', 'utf8', '-c', script, await archive(members)])
    .toString()
    .trim()
    .split('\n');
  expect(lines).toEqual([
    'top/ 0',
    'top/small.txt 3000',
    'top/noise 3000',
    'top/empty 0',
    'top/größe 6',
    `top/large text ${text.length}`,
    'top/large noise 200000',
    'top/link 9',
    expect.stringMatching(/^t\/\uFFFD~[0-9a-f]{8} 3$/),
    expect.stringMatching(/^t\/\uFFFD~[0-9a-f]{8} 3$/),
  ]);
  expect(lines.at(-1)).not.toBe(lines.at(-2));
});

test('what lies in a directory whose name is no UTF-8 stays in it', () => {
  const name = zipName(Buffer.concat([Buffer.from([0xff]), Buffer.from('/ä')])).toString();
  expect(name).toBe(`${zipName(Buffer.from([0xff])).toString()}/ä`);
});

test('beyond 4 GiB and 65,535 members the 64-bit records speak', async () => {
  const size = 5 * 2 ** 30;
  const record: ZipRecord = {
    ...{ name: Buffer.from('big'), modifiedAt: new Date(0), unixMode: 0o100644, isDirectory: false },
    ...{ isDeflated: true, isStreamed: true, isLarge: true, crc32: 7 },
    ...{ compressedBytes: size + 5, sizeBytes: size, offset: 0 },
  };
  const directoryBytes = [record, { ...record, name: Buffer.from('behind'), offset: size + 100 }].map(
    centralRecord,
  );
  const length = directoryBytes.reduce((sum, bytes) => sum + bytes.length, 0);
  // The content itself is left out: the directory is read from the end, as programs do.
  const end = endRecords(70_000, length, size * 2);
  expect(end.readUInt16LE(end.length - 12)).toBe(0xffff);
  expect(end.readBigUInt64LE(32)).toBe(70_000n);
  expect(end.readBigUInt64LE(48)).toBe(BigInt(size * 2));
  const header = localHeader(record);
  expect(header.subarray(18, 26).toString('hex')).toBe('f'.repeat(16));
  const second = directoryBytes[1]!;
  expect(second.readBigUInt64LE(second.length - 24)).toBe(BigInt(size));
  expect(second.readBigUInt64LE(second.length - 16)).toBe(BigInt(size + 5));
  expect(second.readBigUInt64LE(second.length - 8)).toBe(BigInt(size + 100));
});

test('70,000 members are all found', async () => {
  const format = new ZipFormat();
  const parts = Array.from({ length: 70_000 }, (_, n) =>
    format.entry(member(`d${n}`, { kind: 'directory' })),
  ).flat();
  const file = join(directory.path, 'many.zip');
  writeFileSync(file, Buffer.concat([...parts, ...format.end()]));
  const script = 'import sys, zipfile; print(len(zipfile.ZipFile(sys.argv[1]).infolist()))';
  expect(execFileSync('python3', ['-c', script, file]).toString().trim()).toBe('70000');
});

test('content that fails half-way ends the archive with its error', async () => {
  const content = async function* (): AsyncGenerator<Buffer> {
    yield text;
    throw new Error('damaged');
  };
  const format = new ZipFormat();
  const read = async (): Promise<void> => {
    for await (const _ of format.file(member('a', { size: 10_000_000 }), content()));
  };
  await expect(read()).rejects.toThrow('damaged');
});
