const REMEMBERED = 20_000;

/** Tells a report that is heard again from one that is delivered again: the latter comes under the same name. */
export class SeenSignatures {
  readonly #jobs = new Map<string, string>();

  /** False if the signature came before with another job. */
  isNew(signature: string, jobId: string): boolean {
    const before = this.#jobs.get(signature);
    if (before !== undefined) return before === jobId;
    const [oldest] = this.#jobs.keys();
    if (this.#jobs.size >= REMEMBERED && oldest !== undefined) this.#jobs.delete(oldest);
    this.#jobs.set(signature, jobId);
    return true;
  }
}
