import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf } from '@periodic-backup/protocol';
import { z } from 'zod';
import { errorCode } from '../storage-errors.js';
import type { PlanPlace } from '../vault.js';
import { makeDirectoryDurably, removeFile, replaceFile } from './durable-files.js';
import { namesIn, type VaultLayout } from './vault-layout.js';

/** Beyond that a snapshot is doubted as a whole. */
const PATHS_PER_SNAPSHOT = 10_000;
const WHOLLY = 'all';
const MORE = 'has more damage than is noted';
const NAME = /^([^.]+)\.([0-9a-z]+)\.json$/;
const NAME_DIGITS = 32;

const Noted = z.object({ path: z.base64().nullable(), what: z.string() });

/**
 * What verifications found damaged, in small files below `.vault/damages`, one for each path of a snapshot. Each is put in
 * place or removed as a whole and for itself, so that parts of a verification may note at once in several processes.
 */
export class DamageRegister {
  constructor(private readonly layout: VaultLayout) {}

  /** What is known of a plan now. */
  ofPlan(place: PlanPlace): PlanDamages {
    return new PlanDamages(this.layout.planDamages(place));
  }

  /** The snapshot is gone, and its damage with it. */
  forget(place: PlanPlace, snapshot: string): void {
    const directory = this.layout.planDamages(place);
    for (const name of namesIn(directory))
      if (NAME.exec(name)?.[1] === snapshot) removeFile(join(directory, name));
  }
}

/** The noted damages of a plan, as read when it was made and noted since. */
export class PlanDamages {
  /** By snapshot, then path: one character per byte. */
  private readonly paths = new Map<string, Map<string, string>>();
  private readonly wholly = new Map<string, string>();

  constructor(private readonly directory: string) {
    for (const name of namesIn(directory)) {
      const snapshot = NAME.exec(name)?.[1];
      if (snapshot === undefined) continue;
      const noted = readNoted(join(directory, name));
      if (noted === null) continue;
      if (noted.path === null) this.wholly.set(snapshot, noted.what);
      else this.pathsOf(snapshot).set(latin1Of(noted.path), noted.what);
    }
  }

  get isEmpty(): boolean {
    return this.paths.size === 0 && this.wholly.size === 0;
  }

  /** What was found at a path of a snapshot, null if nothing. */
  whatOf(snapshot: string, path: Buffer): string | null {
    return this.paths.get(snapshot)?.get(path.toString('latin1')) ?? this.wholly.get(snapshot) ?? null;
  }

  /** The snapshots that are or may be damaged at a path. */
  snapshotsAt(path: Buffer): string[] {
    const key = path.toString('latin1');
    const named = [...this.paths].filter(([, paths]) => paths.has(key)).map(([snapshot]) => snapshot);
    return [...named, ...this.wholly.keys()];
  }

  /** Survives power loss. Safe to repeat. */
  note(snapshot: string, path: Buffer, what: string): void {
    const paths = this.pathsOf(snapshot);
    const key = path.toString('latin1');
    if (paths.has(key) || this.wholly.has(snapshot)) return;
    if (paths.size < PATHS_PER_SNAPSHOT) {
      paths.set(key, what);
      this.write(snapshot, nameOf(path), { path: path.toString('base64'), what });
    } else {
      this.wholly.set(snapshot, MORE);
      this.write(snapshot, WHOLLY, { path: null, what: MORE });
    }
  }

  /** The path was found whole again. */
  clear(snapshot: string, path: Buffer): void {
    if (!this.paths.get(snapshot)?.delete(path.toString('latin1'))) return;
    whereWritable(() => removeFile(join(this.directory, `${snapshot}.${nameOf(path)}.json`)));
  }

  private pathsOf(snapshot: string): Map<string, string> {
    const paths = this.paths.get(snapshot) ?? new Map<string, string>();
    this.paths.set(snapshot, paths);
    return paths;
  }

  private write(snapshot: string, name: string, noted: z.infer<typeof Noted>): void {
    whereWritable(() => {
      makeDirectoryDurably(this.directory);
      replaceFile(join(this.directory, `${snapshot}.${name}.json`), JSON.stringify(noted), 0o600);
    });
  }
}

/** No backup goes to a disk that can only be read: nobody needs a note there. */
function whereWritable(action: () => void): void {
  try {
    action();
  } catch (error) {
    if (errorCode(error) !== 'EROFS') throw error;
  }
}

function nameOf(path: Buffer): string {
  return digestOf(path).toString('hex').slice(0, NAME_DIGITS);
}

function latin1Of(base64: string): string {
  return Buffer.from(base64, 'base64').toString('latin1');
}

/** Null if it is gone meanwhile. A note that cannot be read speaks against the whole snapshot. */
function readNoted(path: string): z.infer<typeof Noted> | null {
  try {
    return Noted.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    if (error instanceof SyntaxError || error instanceof z.ZodError)
      return { path: null, what: 'has damage whose note cannot be read' };
    throw error;
  }
}
