/** Says when an answer should be given with what there is; the rest comes with the next page. */
export class TimeBudget {
  readonly #endsAt: number;

  constructor(budgetMs: number) {
    this.#endsAt = performance.now() + budgetMs;
  }

  get isSpent(): boolean {
    return performance.now() >= this.#endsAt;
  }
}
