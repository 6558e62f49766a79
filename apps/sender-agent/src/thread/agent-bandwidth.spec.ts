import { describe, expect, it } from '@jest/globals';
import type { Bandwidth, RunJob, RunOrder } from '@periodic-backup/contracts';
import type { AgentShare } from '../transfer/pace.js';
import { AgentBandwidth } from './agent-bandwidth.js';

const limit = (bytesPerSecond: number): Bandwidth => ({ bytesPerSecond, timezone: 'UTC', windows: [] });
const job = (epoch: number, agent?: Bandwidth | null): Pick<RunJob, 'order' | 'limits'> => ({
  order: { epoch } as RunOrder,
  ...(agent === undefined ? {} : { limits: { agent } }),
});

/** Runs of an agent, each with the share it was told last. */
function runs() {
  const bandwidth = new AgentBandwidth();
  return (begun: Pick<RunJob, 'order' | 'limits'>) => {
    const told: AgentShare[] = [];
    const leave = bandwidth.join(begun, (share) => void told.push(share));
    return { leave, share: () => told.at(-1) };
  };
}

describe("the agent's own bandwidth", () => {
  it('is divided among the runs under way', () => {
    const begin = runs();
    const first = begin(job(1, limit(4096)));
    expect(first.share()).toEqual({ bandwidth: limit(4096), runs: 1 });
    const second = begin(job(2, limit(4096)));
    expect([first.share()?.runs, second.share()?.runs]).toEqual([2, 2]);
    first.leave();
    expect([first.share()?.runs, second.share()?.runs]).toEqual([2, 1]);
  });

  it('is that of the newest attempt, for all, in whatever order they come', () => {
    const begin = runs();
    const first = begin(job(5, limit(4096)));
    begin(job(4, limit(9999)));
    expect(first.share()?.bandwidth).toEqual(limit(4096));
    begin(job(6, null));
    expect(first.share()?.bandwidth).toBeNull();
  });

  it('stays when a scheduler of before speaks of none', () => {
    const begin = runs();
    const first = begin(job(5, limit(4096)));
    begin(job(6));
    expect(first.share()?.bandwidth).toEqual(limit(4096));
  });
});
