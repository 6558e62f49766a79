/**
 * Shares an answer that is dear to make: those who ask while it is made get the same, and those who ask after as long
 * as it is good. With thousands of plans many screens cost no more than one; where little is asked, nothing is old.
 */
export class RecentAnswer<T> {
  #making: Promise<T> | null = null;
  #goodUntil = -Infinity;

  constructor(
    private readonly make: () => Promise<T>,
    /** For how many milliseconds an answer is good; 0: it is never used again. */
    private readonly goodForMs: (answer: T) => number,
  ) {}

  get(): Promise<T> {
    if (this.#making && performance.now() < this.#goodUntil) return this.#making;
    const making = this.make();
    this.#making = making;
    this.#goodUntil = Infinity;
    making.then(
      (answer) => (this.#goodUntil = performance.now() + this.goodForMs(answer)),
      () => (this.#goodUntil = -Infinity),
    );
    return making;
  }
}
