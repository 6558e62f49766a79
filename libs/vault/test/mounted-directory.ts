import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';

/** True if this process may mount file systems: then faults are real ones. */
export function canMount(): boolean {
  return (
    process.platform === 'linux' &&
    spawnSync('unshare', ['--mount', 'true'], { stdio: 'ignore' }).status === 0
  );
}

/** A memory file system of so many bytes. */
export function mountMemory(directory: string, sizeBytes: number): void {
  mkdirSync(directory, { recursive: true });
  run('mount', '-t', 'tmpfs', '-o', `size=${sizeBytes}`, 'tmpfs', directory);
}

/** Makes a directory a mount of its own: links across its border fail with EXDEV. */
export function mountOnItself(directory: string): void {
  run('mount', '--bind', directory, directory);
}

export function remountReadOnly(directory: string): void {
  run('mount', '-o', 'remount,ro', directory);
}

export function unmount(directory: string): void {
  run('umount', '-l', directory);
}

export function run(command: string, ...args: string[]): void {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
}

/** An error as a file call throws it. */
export function fileError(code: string): Error {
  return Object.assign(new Error(`${code}: injected`), { code });
}
