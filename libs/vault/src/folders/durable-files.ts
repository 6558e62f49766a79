import { spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { errorCode } from '../storage-errors.js';
import { markedName } from './process-mark.js';

/** Makes the names in a directory survive power loss. */
export function flushDirectory(directory: string): void {
  // Windows does not open directories, and orders names by itself.
  if (process.platform === 'win32') return;
  const file = openSync(directory, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** True if `sync -f` of coreutils is there. Asked of /proc, which has nothing to flush. */
export function canFlushFileSystem(): boolean {
  return process.platform === 'linux' && spawnSync('sync', ['-f', '/proc'], { stdio: 'ignore' }).status === 0;
}

/** Makes all of the file system that holds `path` survive power loss: syncfs(2), which Node lacks. */
export function flushFileSystem(path: string): void {
  const { status, stderr, error } = spawnSync('sync', ['-f', path], { stdio: ['ignore', 'ignore', 'pipe'] });
  if (error) throw error;
  if (status !== 0) throw new Error(`sync -f failed: ${stderr.toString().trim()}`);
}

/**
 * Makes a directory and those above it, each name surviving power loss. One name at a time: Node's recursive mkdir never
 * returns where a parent exists that takes no children, such as /proc.
 */
export function makeDirectoryDurably(directory: string, mode = 0o777): void {
  if (existsSync(directory)) {
    if (!statSync(directory).isDirectory())
      throw Object.assign(new Error(`${directory} is not a directory`), { code: 'ENOTDIR' });
    return;
  }
  const parent = dirname(directory);
  makeDirectoryDurably(parent, mode);
  try {
    mkdirSync(directory, mode);
  } catch (error) {
    // Another process was first.
    if (errorCode(error) !== 'EEXIST') throw error;
  }
  flushDirectory(parent);
}

/** Puts a whole file in place of whatever was there; it survives power loss. */
export function replaceFile(path: string, content: string, mode = 0o666): void {
  const temporary = writeTemporary(path, content, mode);
  try {
    renameSync(temporary, path);
  } catch (error) {
    removeFile(temporary);
    throw error;
  }
  flushDirectory(dirname(path));
}

/**
 * Puts a whole file where none was; it survives power loss. False if another process was first: its file stays.
 */
export function publishOnce(path: string, content: string, mode: number): boolean {
  const temporary = writeTemporary(path, content, mode);
  try {
    giveName(temporary, path);
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  } finally {
    removeFile(temporary);
  }
  flushDirectory(dirname(path));
  return true;
}

/** Where hard links do not exist (FAT, some network disks) the file is written in place. */
function giveName(temporary: string, path: string): void {
  try {
    linkSync(temporary, path);
  } catch (error) {
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(errorCode(error))) throw error;
    closeSync(openSync(path, 'wx'));
    renameSync(temporary, path);
  }
}

/** Removes a file if it is there. (`rmSync` would hide why it failed: its errors have no errno name.) */
export function removeFile(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
}

function writeTemporary(path: string, content: string, mode: number): string {
  const temporary = join(dirname(path), markedName('tmp'));
  const file = openSync(temporary, 'wx', mode);
  try {
    writeSync(file, content);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  return temporary;
}
