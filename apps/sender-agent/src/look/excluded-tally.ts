import { lstatSync } from 'node:fs';
import type { Estimate, ExcludedByRule } from '@periodic-backup/contracts';
import { DirectoryChain, kindOf } from '@periodic-backup/local-files';
import { SourceWalk } from '../walk/walk-source.js';
import { samplePath } from './path-sample.js';

const SAMPLES_PER_RULE = 10;
/** Excluded directories remembered, to be counted after the source itself. */
const MAX_DIRECTORIES = 10_000;
const HERE = Buffer.from('.');

type Rule = { -readonly [K in keyof ExcludedByRule]: ExcludedByRule[K] };

/** Counts what the excludes leave out, rule by rule. */
export class ExcludedTally {
  readonly #rules: Rule[];
  readonly #directories: { readonly path: Buffer; readonly rule: Rule }[] = [];
  #complete = true;

  constructor(
    private readonly root: Buffer,
    excludes: readonly string[],
  ) {
    this.#rules = excludes.map((rule, index) => ({
      ...{ index, rule, paths: 0, files: 0, bytes: 0, samples: [] },
    }));
  }

  /** An `ExcludedListener`. */
  see(path: Buffer, access: Buffer, isDirectory: boolean, index: number): void {
    const rule = this.#rules[index];
    if (!rule) return;
    rule.paths++;
    const stats = isDirectory ? null : look(access);
    const kind = isDirectory ? 'directory' : stats && kindOf(stats);
    const sizeBytes = kind === 'file' && stats ? Number(stats.size) : null;
    if (sizeBytes !== null) {
      rule.files++;
      rule.bytes += sizeBytes;
    }
    if (kind && rule.samples.length < SAMPLES_PER_RULE)
      rule.samples.push(samplePath({ path, kind, sizeBytes }));
    if (!isDirectory) return;
    if (this.#directories.length < MAX_DIRECTORIES) this.#directories.push({ path, rule });
    else this.#complete = false;
  }

  /** Counts what lies in excluded directories, until `isOver` says that nobody waits any longer. */
  countBelow(isOver: () => boolean): void {
    if (this.#directories.length === 0) return;
    const chain = new DirectoryChain(this.root);
    try {
      for (const { path, rule } of this.#directories) {
        if (isOver()) this.#complete = false;
        else this.#countOne(chain, path, rule, isOver);
      }
    } finally {
      chain.close();
    }
  }

  /** Nobody will count what lies in excluded directories. */
  giveUp(): void {
    if (this.#directories.length > 0) this.#complete = false;
  }

  get result(): Estimate['excluded'] {
    const sum = (of: (rule: Rule) => number): number => this.#rules.reduce((all, rule) => all + of(rule), 0);
    return {
      paths: sum(({ paths }) => paths),
      files: sum(({ files }) => files),
      bytes: sum(({ bytes }) => bytes),
      complete: this.#complete,
      rules: this.#rules,
    };
  }

  #countOne(chain: DirectoryChain, path: Buffer, rule: Rule, isOver: () => boolean): void {
    const unreadable = (): void => void (this.#complete = false);
    let walk: SourceWalk;
    try {
      // Through the open directory, so that no link leads elsewhere.
      walk = new SourceWalk(Buffer.concat([chain.enter(path).prefix, HERE]), [], unreadable);
      for (let walked = walk.next(); walked; walked = walk.next()) {
        if (walked.entry.kind === 'file') {
          rule.files++;
          rule.bytes += walked.entry.size;
        }
        if (isOver()) {
          this.#complete = false;
          return walk.close();
        }
      }
    } catch {
      // It is gone, or may not be read: then nobody knows what is in it.
      this.#complete = false;
    }
  }
}

function look(path: Buffer) {
  try {
    return lstatSync(path, { bigint: true });
  } catch {
    return null;
  }
}
