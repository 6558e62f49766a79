import type { VerifyProgress, VerifyReport } from '@periodic-backup/vault';
import type { VerifyStep } from './session-messages.js';

/** A step ends after this long: the thread hears its other messages between steps. */
const STEP_MS = 100;

interface Running {
  readonly work: Generator<VerifyProgress, VerifyReport>;
  readonly stepBytes: number;
  bytesRead: number;
}

/** Verifications that are under way, a step at a time. `reader` names one. */
export class VerifySteps {
  readonly #running = new Map<number, Running>();

  begin(reader: number, work: Generator<VerifyProgress, VerifyReport>, stepBytes: number): VerifyStep {
    this.#running.set(reader, { work, stepBytes, bytesRead: 0 });
    return this.next(reader);
  }

  /** Works on until the time or the bytes of a step are used up, or the end. */
  next(reader: number): VerifyStep {
    const running = this.#running.get(reader);
    if (!running) throw new Error('There is no such verification.');
    const endAtMs = performance.now() + STEP_MS;
    const endAtBytes = running.bytesRead + running.stepBytes;
    try {
      for (;;) {
        const { value, done } = running.work.next();
        const { filesRead, bytesRead } = value;
        running.bytesRead = bytesRead;
        if (done) return this.#ended(reader, value);
        if (performance.now() >= endAtMs || bytesRead >= endAtBytes)
          return { filesRead, bytesRead, report: null };
      }
    } catch (error) {
      this.#running.delete(reader);
      throw error;
    }
  }

  /** Lets go of what it holds. Safe to repeat. */
  stop(reader: number): void {
    this.#running.get(reader)?.work.return(undefined as never);
    this.#running.delete(reader);
  }

  stopAll(): void {
    for (const reader of [...this.#running.keys()]) this.stop(reader);
  }

  #ended(reader: number, report: VerifyReport): VerifyStep {
    this.#running.delete(reader);
    return { filesRead: report.filesRead, bytesRead: report.bytesRead, report };
  }
}
