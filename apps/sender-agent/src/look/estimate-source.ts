import { accessSync, constants } from 'node:fs';
import type { Estimate, EstimateQuestion } from '@periodic-backup/contracts';
import { describeErrno, errnoOf, isGone, joinPath, showPath } from '@periodic-backup/local-files';
import { checkSource, type AllowedDirectories } from '../checks/check-directories.js';
import { HardLinkRegister } from '../walk/hard-link-register.js';
import { SourceWalk, type WalkedEntry } from '../walk/walk-source.js';
import { ExcludedTally } from './excluded-tally.js';
import { LargestFiles, PathSample } from './path-sample.js';

const UNREADABLE_SHOWN = 50;
const LARGEST_SHOWN = 10;
/** Entries between two looks at the clock. */
const ENTRIES_PER_LOOK = 64;

/**
 * What a run of such a plan would take now, found by the backup's own checks, walk and excludes; at the latest after its
 * time budget, then with what was seen. `check` throws to end it early. @throws RunRefused
 */
export function estimateSource(
  { sourceDir, excludes, budgetMs, samples }: EstimateQuestion,
  allowed: AllowedDirectories,
  check: () => void,
): Estimate {
  const startedAt = performance.now();
  const source = checkSource(sourceDir, allowed);
  const excluded = new ExcludedTally(source, excludes);
  const tally = new EstimateTally(source, samples);
  let [looks, over] = [0, false];
  const isOver = (): boolean => {
    if (over || ++looks % ENTRIES_PER_LOOK !== 0) return over;
    check();
    over = performance.now() - startedAt >= budgetMs;
    return over;
  };
  const walk = new SourceWalk(
    source,
    excludes,
    (path, errno) => tally.unreadable(path, errno),
    new HardLinkRegister(),
    (path, access, isDirectory, rule) => excluded.see(path, access, isDirectory, rule),
  );
  let complete = false;
  try {
    for (let walked = walk.next(); !complete && !isOver(); walked = walk.next()) {
      if (walked) tally.see(walked);
      else complete = true;
    }
  } finally {
    walk.close();
  }
  if (complete) excluded.countBelow(isOver);
  else excluded.giveUp();
  return {
    ...{ complete, elapsedMs: Math.round(performance.now() - startedAt), realPath: source.toString() },
    ...tally.result,
    excluded: excluded.result,
    toSend: null,
  };
}

type Counted = Pick<
  Estimate,
  'files' | 'bytes' | 'directories' | 'others' | 'unreadable' | 'samples' | 'largest'
>;

/** Counts what is included. */
class EstimateTally {
  #files = 0;
  #bytes = 0;
  #directories = 0;
  #others = 0;
  readonly #unreadable: Estimate['unreadable'] = { count: 0, samples: [] };
  readonly #sample: PathSample;
  readonly #largest = new LargestFiles(LARGEST_SHOWN);

  constructor(
    private readonly source: Buffer,
    samples: number,
  ) {
    this.#sample = new PathSample(samples);
  }

  see({ entry: { path, kind, size } }: WalkedEntry): void {
    if (kind === 'directory') this.#directories++;
    else if (kind === 'file') {
      this.#files++;
      this.#bytes += size;
      const seen = { path, kind, sizeBytes: size };
      this.#sample.see(seen);
      this.#largest.see(seen);
      this.#tryRead(path);
    } else this.#others++;
  }

  unreadable(path: Buffer, code: string): void {
    this.#unreadable.count++;
    if (this.#unreadable.samples.length < UNREADABLE_SHOWN)
      this.#unreadable.samples.push({ path: showPath(path), code, message: `${describeErrno(code)}.` });
  }

  get result(): Counted {
    return {
      ...{ files: this.#files, bytes: this.#bytes, directories: this.#directories, others: this.#others },
      unreadable: this.#unreadable,
      samples: this.#sample.paths,
      largest: this.#largest.paths,
    };
  }

  /** By the plain path: asks nothing but for permission. */
  #tryRead(path: Buffer): void {
    try {
      accessSync(joinPath(this.source, path), constants.R_OK);
    } catch (error) {
      const code = errnoOf(error);
      if (!isGone(code) && code !== 'ENAMETOOLONG') this.unreadable(path, code);
    }
  }
}
