import { spawnSync } from 'node:child_process';
import type { Entry } from '@periodic-backup/protocol';
import type { OpenDirectory } from '@periodic-backup/local-files';
import { removeTemporary } from './temporary-files.js';

/**
 * Makes a FIFO or a device under a temporary name in an open directory. Node has no mkfifo(2) and no mknod(2): the
 * programs of coreutils do it. @throws Error with an errno name where the program names one
 */
export function makeSpecialFile(entry: Entry, directory: OpenDirectory, name: Buffer): void {
  removeTemporary(Buffer.concat([directory.prefix, name]));
  const program = entry.kind === 'fifo' ? 'mkfifo' : 'mknod';
  // The child holds the same descriptors until it becomes the program: it starts in this very directory.
  const { status, stderr, error } = spawnSync(
    program,
    ['-m', '600', name.toString(), ...deviceArguments(entry)],
    {
      cwd: directory.prefix.toString(),
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  if (error) throw error;
  if (status === 0) return;
  const why = stderr.toString().trim();
  const code = /not permitted/.test(why) ? 'EPERM' : /denied/.test(why) ? 'EACCES' : 'EIO';
  throw Object.assign(new Error(`${program} failed: ${why}`), { code });
}

function deviceArguments({ kind, size }: Entry): string[] {
  if (kind === 'fifo') return [];
  const { major, minor } = deviceNumbers(size);
  return [kind === 'block-device' ? 'b' : 'c', String(major), String(minor)];
}

/** Major and minor number as the C library packs them into 64 bits. */
export function deviceNumbers(device: number): { major: number; minor: number } {
  const bits = BigInt(device);
  return {
    major: Number(((bits >> 8n) & 0xfffn) | ((bits >> 32n) & ~0xfffn & 0xffffffffn)),
    minor: Number((bits & 0xffn) | ((bits >> 12n) & ~0xffn & 0xffffffffn)),
  };
}
