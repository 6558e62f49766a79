import { execFileSync } from 'node:child_process';
import { lstatSync, mkdirSync, readFileSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory, type TemporaryDirectory } from '@periodic-backup/testing';
import type { ArchiveMember } from './archive-format.js';
import { TarFormat } from './tar-format.js';
import { tarHeader } from './tar-header.js';

let directory: TemporaryDirectory;
beforeEach(async () => {
  directory = await temporaryDirectory();
});
afterEach(() => directory.remove());

const member = (name: string | Buffer, more: Partial<ArchiveMember> = {}): ArchiveMember => ({
  ...{ name: Buffer.from(name), kind: 'file', mode: 0o644, uid: 0, gid: 0, user: '', group: '' },
  ...{ size: 0, mtimeNs: 1_700_000_000_000_000_000n, target: null },
  ...more,
});
const folder = (name: string | Buffer) => member(name, { kind: 'directory', mode: 0o755 });

interface Written {
  readonly member: ArchiveMember;
  readonly content?: Buffer;
}

async function archive(members: readonly Written[]): Promise<string> {
  const format = new TarFormat();
  const parts: Buffer[] = [];
  for (const { member: one, content } of members)
    if (one.kind === 'file')
      for await (const part of format.file(one, [content ?? Buffer.alloc(0)])) parts.push(part);
    else parts.push(...format.entry(one));
  const file = join(directory.path, 'archive.tar');
  writeFileSync(file, Buffer.concat([...parts, ...format.end()]));
  return file;
}

function unpacked(file: string): string {
  const target = join(directory.path, 'out');
  mkdirSync(target);
  const said = execFileSync('tar', ['-xpf', file, '-C', target, '--no-same-owner'], { stdio: 'pipe' });
  expect(said.toString()).toBe('');
  return target;
}

test('tar unpacks what was packed: content, modes, times, links, names that are no UTF-8 or long', async () => {
  const bytes = Buffer.from([0x66, 0xff, 0x0a, 0x66]);
  const long = 'd'.repeat(90);
  const content = Buffer.from('a'.repeat(513));
  const written = async (name: string | Buffer, text: Buffer, more: Partial<ArchiveMember> = {}) => ({
    member: member(name, { size: text.length, ...more }),
    content: text,
  });
  const target = unpacked(
    await archive([
      { member: folder('top') },
      await written('top/a', content, { mode: 0o4750, mtimeNs: 1_600_000_000_999_999_999n }),
      { member: member('top/b', { kind: 'hardlink', target: Buffer.from('top/a') }) },
      await written(Buffer.concat([Buffer.from('top/'), bytes]), Buffer.from('bytes')),
      await written('top/empty', Buffer.alloc(0)),
      await written('top/block', Buffer.alloc(512, 1)),
      { member: member('top/pipe', { kind: 'fifo' }) },
      { member: member('top/socket', { kind: 'socket' }) },
      { member: folder(`top/${long}`) },
      await written(`top/${long}/${long}`, Buffer.from('deep')),
      { member: member('top/w', { kind: 'hardlink', target: Buffer.from(`top/${long}/${long}`) }) },
      { member: member('top/x', { kind: 'symlink', target: Buffer.from([0x2e, 0xfe]) }) },
      { member: member('top/y', { kind: 'symlink', target: Buffer.from('t'.repeat(200)) }) },
    ]),
  );
  const top = join(target, 'top');
  const path = (name: Buffer) => Buffer.concat([Buffer.from(`${top}/`), name]);
  expect(readdirSync(top, { encoding: 'buffer' }).map(String).sort()).toEqual(
    ['a', 'b', 'block', long, 'empty', bytes.toString(), 'pipe', 'w', 'x', 'y'].sort(),
  );
  expect(readFileSync(path(bytes)).toString()).toBe('bytes');
  expect(readFileSync(join(top, 'a')).equals(content)).toBe(true);
  expect(readFileSync(join(top, 'block')).equals(Buffer.alloc(512, 1))).toBe(true);
  expect(lstatSync(join(top, 'empty')).size).toBe(0);
  expect(lstatSync(join(top, 'a')).mode & 0o7777).toBe(0o4750);
  expect(lstatSync(join(top, 'a')).mtimeMs).toBe(1_600_000_000_000);
  expect(lstatSync(join(top, 'b')).ino).toBe(lstatSync(join(top, 'a')).ino);
  expect(lstatSync(join(top, 'w')).ino).toBe(lstatSync(join(top, long, long)).ino);
  expect(lstatSync(join(top, 'pipe')).isFIFO()).toBe(true);
  expect(readlinkSync(join(top, 'x'), { encoding: 'buffer' }).equals(Buffer.from([0x2e, 0xfe]))).toBe(true);
  expect(readlinkSync(join(top, 'y'))).toBe('t'.repeat(200));
});

test('names of 99, 100 and 101 bytes come out as they went in', async () => {
  const names = [99, 100, 101, 255].map((length) => 'n'.repeat(length));
  const target = unpacked(await archive(names.map((name) => ({ member: member(name) }))));
  expect(readdirSync(target).sort()).toEqual(names.sort());
});

test('what 1988 did not think of is told all the same: large numbers, old times, devices, owners by name', async () => {
  const file = await archive([
    { member: member('owned', { uid: 3_000_000_000, gid: 2_097_152, user: 'ada', group: 'größe' }) },
    { member: member('old', { mtimeNs: -86_400_000_000_000n }) },
    { member: member('device', { kind: 'block-device', size: 0x8_12 + 0x300000 }) },
  ]);
  const list = (...more: string[]): string[] =>
    execFileSync('tar', ['-tvf', file, '--utc', ...more], { env: { LC_ALL: 'C.UTF-8' } })
      .toString()
      .trim()
      .split('\n');
  const [numeric] = list('--numeric-owner');
  expect(numeric).toContain('3000000000/2097152');
  const [owned, old, device] = list();
  expect(owned).toContain('ada/größe');
  expect(old).toContain('1969-12-31 00:00');
  expect(device).toMatch(/^b.* 8,786 /);
});

test('a file of 20 GB is announced as such', () => {
  const header = tarHeader(member('big', { size: 20 * 2 ** 30 }))!;
  expect(header).toHaveLength(512);
  expect(header.subarray(124, 136).toString('hex')).toBe('800000000000000500000000');
});

test('a cut archive is seen by tar', async () => {
  const file = await archive([{ member: member('a', { size: 2000 }), content: Buffer.alloc(2000, 7) }]);
  writeFileSync(file, readFileSync(file).subarray(0, 1500));
  expect(() => execFileSync('tar', ['-tf', file], { stdio: 'pipe' })).toThrow(/Unexpected EOF/);
});
