import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  closeSync,
  ftruncateSync,
  linkSync,
  lutimesSync,
  mkdirSync,
  openSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { seededBytes } from '@periodic-backup/testing';

/** A tree with one of everything a source may hold. Owners other than one's own only as root. */
export function makeEverything(root: string): void {
  const at = (name: string | Buffer): Buffer =>
    Buffer.concat([Buffer.from(`${root}/`), typeof name === 'string' ? Buffer.from(name) : name]);
  mkdirSync(join(root, 'plain/deep/deeper'), { recursive: true });
  mkdirSync(at('empty directory'));
  writeFileSync(at('plain/empty'), '');
  writeFileSync(at('plain/small.txt'), 'small\n');
  writeFileSync(at('plain/deep/batch-sized.bin'), seededBytes('batch', 65_536));
  writeFileSync(at('plain/deep/just-above.bin'), seededBytes('above', 65_537));
  writeFileSync(at('plain/deep/deeper/large.bin'), seededBytes('large', 5_000_001));
  makeSparse(at('plain/sparse.img'));
  for (const name of ['with space', 'with\nnewline', 'quote\'"', '-dash', 'ünïcödé', '日本語', '*', '\\'])
    writeFileSync(at(`plain/${name}`), name);
  writeFileSync(at(Buffer.from([0x6e, 0x6f, 0x74, 0x2d, 0xff, 0xfe, 0x80])), 'a name that is not UTF-8');
  mkdirSync(at(Buffer.from([0xc3, 0x28])));
  writeFileSync(at(Buffer.from([0xc3, 0x28, 0x2f, 0x78])), 'below a directory that is not UTF-8');
  writeFileSync(at('first-name'), 'one inode, three names');
  linkSync(at('first-name'), at('second-name'));
  linkSync(at('first-name'), at('plain/deep/third-name'));
  symlinkSync('plain/small.txt', at('to-a-file'));
  symlinkSync('nowhere/at/all', at('to-nothing'));
  symlinkSync('/etc', at('to-a-directory-outside'));
  symlinkSync(Buffer.from([0xff, 0x2f, 0xfe]), at('to-bytes'));
  execFileSync('mkfifo', [join(root, 'a-fifo')]);
  for (const [name, mode] of Object.entries({
    'read-only': 0o400,
    nobody: 0o000,
    everybody: 0o777,
    setgid: 0o2755,
    setuid: 0o4711,
  })) {
    writeFileSync(at(`mode-${name}`), name);
    chmodSync(at(`mode-${name}`), mode);
  }
  mkdirSync(at('sticky'));
  chmodSync(at('sticky'), 0o1777);
  mkdirSync(at('locked'));
  writeFileSync(at('locked/inside'), 'inside');
  if (process.getuid?.() === 0) {
    writeFileSync(at('of-somebody'), 'owned by a number without a name');
    chownSync(at('of-somebody'), 12_345, 23_456);
  }
  chmodSync(at('locked'), 0o500);
  for (const [name, seconds] of [
    ['plain/small.txt', 1_000_000_000],
    ['plain/empty', -86_400],
    ['plain/deep', 4_102_444_800],
  ] as const)
    utimesSync(at(name), seconds < 0 ? String(seconds) : seconds, seconds < 0 ? String(seconds) : seconds);
  lutimesSync(at('to-nothing'), 1_234_567_890, 1_234_567_890);
}

/** Content, a hole of 3 MiB, content, and a hole at the end. */
function makeSparse(path: Buffer): void {
  const file = openSync(path, 'wx');
  writeSync(file, seededBytes('sparse', 10_000), 0, 10_000, 0);
  writeSync(file, seededBytes('sparse too', 10_000), 0, 10_000, 3 << 20);
  ftruncateSync(file, 8 << 20);
  closeSync(file);
}
