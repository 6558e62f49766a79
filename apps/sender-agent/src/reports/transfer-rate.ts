import type { RunProgress } from '@periodic-backup/contracts';
import type { Progress } from '../transfer/run-tally.js';

/** The weight of the past halves in this time: steady on a screen, yet quick to follow a change. */
const HALF_LIFE_MS = 3_000;

/** Bytes per second and time left of one run, smoothed. */
export class TransferRate {
  #atMs: number;
  #bytes = 0;
  #rate: number | null = null;

  constructor(startedAtMs: number) {
    this.#atMs = startedAtMs;
  }

  /** Takes the next look at the progress. */
  see(
    { bytesDone, bytesTotal }: Progress,
    nowMs: number,
  ): Pick<RunProgress, 'bytesPerSecond' | 'secondsLeft'> {
    const passedMs = Math.max(nowMs - this.#atMs, 1);
    const latest = (Math.max(bytesDone - this.#bytes, 0) * 1000) / passedMs;
    const weight = this.#rate === null ? 1 : 1 - 0.5 ** (passedMs / HALF_LIFE_MS);
    const rate = (this.#rate ?? 0) * (1 - weight) + latest * weight;
    this.#atMs = nowMs;
    this.#bytes = bytesDone;
    this.#rate = rate;
    const left = bytesTotal === null ? null : Math.max(bytesTotal - bytesDone, 0);
    return {
      bytesPerSecond: Math.round(rate),
      secondsLeft: left === null || rate < 1 ? null : Math.round(left / rate),
    };
  }
}
