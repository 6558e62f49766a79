import type { Bandwidth, RunJob } from '@periodic-backup/contracts';
import type { AgentShare } from '../transfer/pace.js';

/**
 * Divides the agent's own bandwidth evenly among the runs under way, whatever each can use of its part: simple, and
 * never exceeded. The limit comes with each run; that of the newest attempt counts for all.
 */
export class AgentBandwidth {
  readonly #tellRuns = new Set<(share: AgentShare) => void>();
  #bandwidth: Bandwidth | null = null;
  #epoch = 0;

  /** A run begins: every run is told its share, now and whenever it changes. Call the answer when the run ends. */
  join({ order, limits }: Pick<RunJob, 'order' | 'limits'>, tell: (share: AgentShare) => void): () => void {
    if (limits && order.epoch >= this.#epoch) {
      this.#bandwidth = limits.agent;
      this.#epoch = order.epoch;
    }
    this.#tellRuns.add(tell);
    this.#tellAll();
    return () => {
      this.#tellRuns.delete(tell);
      this.#tellAll();
    };
  }

  #tellAll(): void {
    const share: AgentShare = { bandwidth: this.#bandwidth, runs: this.#tellRuns.size };
    for (const tell of this.#tellRuns) tell(share);
  }
}
