import { randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { removeFile } from './durable-files.js';
import { basename, join } from 'node:path';
import { FolderName, Receipt } from '@periodic-backup/contracts';
import { z } from 'zod';
import { EpochSupersededError, StorageFailedError, errorCode, isFull } from '../storage-errors.js';
import type { AppendRequest, PlanPlace } from '../vault.js';
import { markedName, processMark, livenessOf } from './process-mark.js';
import { Tree } from './tree.js';
import { namesIn, type VaultLayout } from './vault-layout.js';

const ROUNDS = 100;
const OWNER = 'owner';
const SHOW_LIFE_EVERY_MS = 30_000;

const Claim = z.object({ agentFolder: FolderName, planFolder: FolderName, receipt: Receipt });
/** What a session is about to commit and where; written before anything leaves the staging directory. */
export type Claim = z.infer<typeof Claim>;

/**
 * The one staging directory of a plan, named `<epoch>-<token>`. Whoever renames it owns it: every path of the owner
 * before leads nowhere then, so that it can neither write nor commit.
 */
export class StagingDirectory {
  /** Files and directories of the coming snapshot. */
  readonly tree: string;
  /** The manifest as far as it goes. */
  readonly draft: string;
  /** What sessions before have staged, in order. */
  readonly staged: string;
  /** Files begun or settled out of order by the session. */
  readonly journal: string;
  /** Symlinks and hard links still to be made, and directories whose time waits for that. */
  readonly lateLinks: string;
  /** See {@link Claim}. */
  readonly claimFile: string;
  private readonly ownerFile: string;
  private lifeShownAtMs = Date.now();

  constructor(readonly path: string) {
    this.tree = join(path, 'tree');
    this.draft = join(path, 'manifest.part');
    this.staged = join(path, 'staged');
    this.journal = join(path, 'journal');
    this.lateLinks = join(path, 'late-links');
    this.claimFile = join(path, 'receipt.json');
    this.ownerFile = join(path, OWNER);
  }

  /**
   * Makes the plan's staging directory the caller's own; it is new if there was none. Of several callers at once
   * each owns it in turn, the last one for good. `writerMayLive`: files that the owner before had open may still change.
   * @throws EpochSupersededError
   */
  static take(
    layout: VaultLayout,
    { planId, epoch }: Pick<AppendRequest, 'planId' | 'epoch'>,
  ): { staging: StagingDirectory; writerMayLive: boolean } {
    for (let round = 0; round < ROUNDS; round++) {
      const existing = StagingDirectory.ofPlan(layout, planId);
      const staging = existing === null ? makeNew(layout, planId, epoch) : existing.renamed(epoch);
      if (staging === null) continue;
      const writerMayLive = existing !== null && staging.ownerLiveness() !== 'dead';
      if (staging.own()) return { staging, writerMayLive };
    }
    throw new StorageFailedError(`The staging directory of plan ${planId} keeps changing hands.`);
  }

  /** The plan's staging directory, null if it has none. */
  static ofPlan(layout: VaultLayout, planId: string): StagingDirectory | null {
    const folder = layout.planStaging(planId);
    const [newest] = namesIn(folder)
      .filter((name) => /^\d+-[0-9a-f]+$/.test(name))
      .sort((a, b) => epochOf(b) - epochOf(a));
    return newest === undefined ? null : new StagingDirectory(join(folder, newest));
  }

  get epoch(): number {
    return epochOf(basename(this.path));
  }

  /** Takes it over under a new name; null if another was faster. @throws EpochSupersededError */
  renamed(epoch: number): StagingDirectory | null {
    if (epoch < this.epoch)
      throw new EpochSupersededError(`A newer attempt (epoch ${this.epoch}) of this plan is at work.`);
    const path = join(this.path, '..', nameFor(epoch));
    try {
      renameSync(this.path, path);
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return null;
      throw error;
    }
    return new StagingDirectory(path);
  }

  /** True while nobody has taken it over. */
  isOwned(): boolean {
    return existsSync(this.path);
  }

  /** Whether the session that owns it may still be at work. A released one is not. */
  ownerLiveness(): 'alive' | 'dead' | 'unknown' {
    try {
      return livenessOf(readFileSync(this.ownerFile, 'utf8'));
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return 'dead';
      throw error;
    }
  }

  /** Says that no writer is at work here any more. */
  disown(): void {
    removeFile(this.ownerFile);
  }

  /** When its owner last showed that it lives. */
  seenAtMs(): number {
    return statSync(this.ownerFile).mtimeMs;
  }

  /** Shows other machines that its owner lives. Call it now and then while at work. */
  showLife(): void {
    const now = Date.now();
    if (now - this.lifeShownAtMs < SHOW_LIFE_EVERY_MS) return;
    this.lifeShownAtMs = now;
    try {
      utimesSync(this.ownerFile, now / 1000, now / 1000);
    } catch (error) {
      // Taken over: the next call that matters finds out.
      if (errorCode(error) !== 'ENOENT') throw error;
    }
  }

  readClaim(): Claim | null {
    try {
      const claim = Claim.safeParse(JSON.parse(readFileSync(this.claimFile, 'utf8')));
      return claim.success ? claim.data : null;
    } catch (error) {
      if (errorCode(error) === 'ENOENT' || error instanceof SyntaxError) return null;
      throw error;
    }
  }

  /** Not flushed by itself: the flush of the whole file system follows. */
  writeClaim({ agentFolder, planFolder }: PlanPlace, receipt: Receipt): void {
    writeFileSync(this.claimFile, JSON.stringify({ agentFolder, planFolder, receipt }));
  }

  dropClaim(): void {
    removeFile(this.claimFile);
  }

  /** Removes it, and the plan's folder if that is empty now. */
  remove(layout: VaultLayout): void {
    const old = markedName('old');
    try {
      renameSync(this.path, join(layout.staging, old));
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return;
      throw error;
    }
    removeIfEmpty(join(this.path, '..'));
    removeTree(layout.staging, old);
  }

  /**
   * Says that this process is at work here. False if it was taken over at this moment. A full disk is no hindrance:
   * an owner file that says nothing means that somebody may be at work.
   */
  private own(): boolean {
    try {
      writeFileSync(this.ownerFile, processMark());
      return true;
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return false;
      if (isFull(error)) return true;
      throw error;
    }
  }
}

/** Removes a directory of the vault's own with all it holds, whatever its names and depth. */
export function removeTree(directory: string, name: string): void {
  new Tree(directory, 0).remove(Buffer.from(name));
}

/** Does nothing if it holds something or is not there. */
export function removeIfEmpty(directory: string): boolean {
  try {
    rmdirSync(directory);
    return true;
  } catch (error) {
    if (['ENOTEMPTY', 'EEXIST', 'ENOENT', 'ENOTDIR'].includes(errorCode(error))) return false;
    throw error;
  }
}

/** Made aside and renamed as a whole, so that a plan never has two. Null if another was faster. */
function makeNew(layout: VaultLayout, planId: string, epoch: number): StagingDirectory | null {
  const aside = join(layout.staging, markedName('new'));
  const name = nameFor(epoch);
  mkdirSync(join(aside, name, 'tree'), { recursive: true, mode: 0o700 });
  writeFileSync(join(aside, name, OWNER), processMark());
  try {
    renameSync(aside, layout.planStaging(planId));
  } catch (error) {
    removeTree(layout.staging, basename(aside));
    if (['ENOTEMPTY', 'EEXIST'].includes(errorCode(error))) return null;
    throw error;
  }
  return new StagingDirectory(join(layout.planStaging(planId), name));
}

function nameFor(epoch: number): string {
  return `${epoch}-${randomBytes(8).toString('hex')}`;
}

function epochOf(name: string): number {
  return Number(name.slice(0, name.indexOf('-')));
}
