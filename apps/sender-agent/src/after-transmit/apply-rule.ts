import {
  fsyncSync,
  lstatSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  type BigIntStats,
} from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import {
  describeErrno,
  DirectoryChain,
  errnoOf,
  isGone,
  kindOf,
  nameOf,
  type OpenDirectory,
  parentOf,
} from '@periodic-backup/local-files';
import { stateOf } from '../transfer/file-state.js';
import { BackupDirectory } from './backup-directory.js';
import { FileChanged, copyFile, sameContent } from './copy-file.js';
import { setAside } from './set-aside.js';
import { readTransmittedFiles, type TransmittedFile } from './transmitted-files.js';

export interface RuleOrder {
  readonly rule: 'copy' | 'move';
  readonly source: Buffer;
  readonly backup: Buffer;
  readonly planId: string;
  /** Complete list of what the snapshot holds. */
  readonly listFile: string;
}

export interface RuleListener {
  /** A file could not be kept; it stays in the source for the next run. */
  problem(path: Buffer, message: string): void;
  /** Called often; throws to stop, which loses nothing: applying the rule again goes on. */
  check(): void;
}

/** Times are set through seconds in floating point: good to a quarter of a microsecond. */
const MTIME_TOLERANCE_NS = 1_000n;
const SLICE_MS = 5;

/**
 * Keeps (`copy`) or puts away (`move`) everything a snapshot holds that is still exactly as it was sent. Only to be
 * called after the receipt. Safe to repeat, after a crash too. What each kind of name becomes:
 * - regular files are copied or moved; a file with several names is copied once per name, moved name by name;
 * - symbolic links are made anew or moved as links, never followed;
 * - directories are made as needed and stay in the source; FIFOs, sockets and devices stay.
 */
export async function applyRule(order: RuleOrder, listener: RuleListener): Promise<void> {
  const source = new DirectoryChain(order.source);
  try {
    const backup = new BackupDirectory(order.backup);
    try {
      const keeper = new Keeper(order, source, backup, listener);
      let turnAt = performance.now() + SLICE_MS;
      for (const file of readTransmittedFiles(order.listFile)) {
        listener.check();
        keeper.keep(file);
        if (performance.now() < turnAt) continue;
        await turn();
        turnAt = performance.now() + SLICE_MS;
      }
    } finally {
      backup.close();
    }
  } finally {
    source.close();
  }
}

class Keeper {
  readonly #temporaryName: Buffer;

  constructor(
    private readonly order: RuleOrder,
    private readonly source: DirectoryChain,
    private readonly backup: BackupDirectory,
    private readonly listener: RuleListener,
  ) {
    this.#temporaryName = Buffer.from(`.periodic-backup-${order.planId}.part`);
  }

  keep(file: TransmittedFile): void {
    try {
      this.#keep(file);
    } catch (error) {
      this.listener.check();
      const errno = errnoOf(error);
      // Gone or changed since: the next run sees what became of it.
      if (error instanceof FileChanged) return;
      const why = errno === 'UNKNOWN' ? (error as Error).message : describeErrno(errno);
      this.listener.problem(file.path, `it could not be kept in ${this.order.backup.toString()}: ${why}`);
    }
  }

  #keep(file: TransmittedFile): void {
    const name = nameOf(file.path);
    const stats = this.#lookAtSource(file);
    if (!stats) return;
    const to = this.backup.enter(parentOf(file.path), this.source);
    const target = Buffer.concat([to.prefix, name]);
    const from = Buffer.concat([this.source.enter(parentOf(file.path)).prefix, name]);
    const existing = lookAt(target);
    if (existing && this.#isKept(file, from, target, stats, existing)) {
      if (this.order.rule === 'move') this.#removeSource(from, stats);
      return;
    }
    if (existing) setAside(to.prefix, name);
    if (this.order.rule === 'move' && renamed(from, target)) return;
    this.#publishCopy(file, from, to, target, stats);
    if (this.order.rule === 'copy') return;
    // On another file system: the copy must survive power loss before the original goes.
    fsyncSync(to.descriptor);
    const copy = lookAt(target);
    if (copy && this.#holdsSame(file, from, target, copy)) this.#removeSource(from, stats);
    else throw new Error('the copy differs from the original; the disk may be at fault');
  }

  /** The source's name as it is now, or null if it is not exactly what was sent. */
  #lookAtSource(file: TransmittedFile): BigIntStats | null {
    let stats: BigIntStats | null;
    try {
      const { prefix } = this.source.enter(parentOf(file.path));
      stats = lookAt(Buffer.concat([prefix, nameOf(file.path)]));
    } catch (error) {
      const errno = errnoOf(error);
      if (isGone(errno) || errno === 'ELOOP') return null;
      throw error;
    }
    if (!stats || kindOf(stats) !== (file.kind === 'symlink' ? 'symlink' : 'file')) return null;
    const { size, mtimeNs, ctimeNs, dev, ino } = stateOf(stats);
    const asSent =
      mtimeNs === file.mtimeNs &&
      ino === file.ino &&
      dev === file.dev &&
      (file.kind !== 'file' || size === file.size) &&
      // Moving one name of a file changes the ctime that its other names show.
      (ctimeNs === file.ctimeNs || file.linked);
    return asSent ? stats : null;
  }

  /** True if the backup directory holds this version already; for `move` compared byte by byte. */
  #isKept(
    file: TransmittedFile,
    from: Buffer,
    target: Buffer,
    stats: BigIntStats,
    existing: BigIntStats,
  ): boolean {
    if (
      this.order.rule === 'copy' &&
      kindOf(existing) === 'file' &&
      kindOf(stats) === 'file' &&
      existing.size === stats.size &&
      distance(existing.mtimeNs, stats.mtimeNs) < MTIME_TOLERANCE_NS
    )
      return true;
    return this.#holdsSame(file, from, target, existing);
  }

  #holdsSame(file: TransmittedFile, from: Buffer, target: Buffer, existing: BigIntStats): boolean {
    if (file.kind === 'symlink')
      return kindOf(existing) === 'symlink' && linkTarget(from).equals(linkTarget(target));
    return (
      kindOf(existing) === 'file' &&
      existing.size === lstatSync(from, { bigint: true }).size &&
      sameContent(from, target, () => this.listener.check())
    );
  }

  #publishCopy(
    file: TransmittedFile,
    from: Buffer,
    to: OpenDirectory,
    target: Buffer,
    stats: BigIntStats,
  ): void {
    const temporary = Buffer.concat([to.prefix, this.#temporaryName]);
    rmSync(temporary, { force: true });
    try {
      if (file.kind === 'symlink') symlinkSync(linkTarget(from), temporary);
      else copyFile(from, temporary, stateOf(stats), () => this.listener.check());
      renameSync(temporary, target);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
  }

  #removeSource(from: Buffer, stats: BigIntStats): void {
    const now = lookAt(from);
    if (now && now.ino === stats.ino && now.ctimeNs === stats.ctimeNs) unlinkSync(from);
  }
}

/** Moves within one file system; false if the target lies on another. */
function renamed(from: Buffer, target: Buffer): boolean {
  try {
    renameSync(from, target);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EXDEV') return false;
    throw error;
  }
}

function lookAt(path: Buffer): BigIntStats | null {
  try {
    return lstatSync(path, { bigint: true });
  } catch (error) {
    if (isGone(errnoOf(error))) return null;
    throw error;
  }
}

function linkTarget(path: Buffer): Buffer {
  return readlinkSync(path, { encoding: 'buffer' });
}

function distance(a: bigint, b: bigint): bigint {
  return a > b ? a - b : b - a;
}
