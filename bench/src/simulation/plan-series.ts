import { SimulatedVault } from '@periodic-backup/testing';

/** So many requests to make a plan are under way at once. */
const MAKERS = 16;

/** The plans of a simulation: numbered, spread evenly over the agents, due at scattered times. */
export class PlanSeries {
  constructor(
    readonly count: number,
    private readonly everySeconds: number,
    private readonly agentIds: readonly string[],
    private readonly vault: SimulatedVault,
  ) {}

  /** Makes all of them by REST. @throws Error with the answer if one is refused */
  async make(api: string): Promise<void> {
    let next = 0;
    const make = async (): Promise<void> => {
      while (next < this.count) await this.#makeOne(api, next++);
    };
    await Promise.all(Array.from({ length: MAKERS }, make));
  }

  /** How many ticks they have after `from`, `to` included. */
  ticksBetween(from: Date, to: Date): number {
    let ticks = 0;
    for (let plan = 0; plan < this.count; plan++) {
      const periodMs = this.#periodSeconds(plan) * 1000;
      ticks += Math.floor(to.getTime() / periodMs) - Math.floor(from.getTime() / periodMs);
    }
    return ticks;
  }

  /** Periods differ by up to a tenth, so that due times lie as scattered as in a real fleet. */
  #periodSeconds(plan: number): number {
    const tenth = Math.floor(this.everySeconds / 10);
    return this.everySeconds - tenth + (plan % (2 * tenth + 1));
  }

  async #makeOne(api: string, plan: number): Promise<void> {
    const answer = await fetch(`${api}/plans`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        name: `plan-${plan}`,
        agentId: this.agentIds[plan % this.agentIds.length],
        vaultId: this.vault.id,
        sourceDir: `/simulated/${plan}`,
        schedule: { kind: 'every', everySeconds: this.#periodSeconds(plan) },
      }),
    });
    if (!answer.ok) throw new Error(`A plan was refused: ${await answer.text()}`);
    await answer.arrayBuffer();
  }
}
