import { describe, expect, it } from '@jest/globals';
import type { Bandwidth } from '@periodic-backup/contracts';
import { FULL_SHARE, Pace, type AgentShare } from './pace.js';

const MIB = 1024 * 1024;
const limit = (bytesPerSecond: number | null, windows: Bandwidth['windows'] = []): Bandwidth => ({
  ...{ bytesPerSecond, timezone: 'UTC', windows },
});

/** A run that sends as fast as its pace lets it, on a clock of its own. */
class Sender {
  nowMs = 0;
  share: AgentShare = FULL_SHARE;
  readonly pace: Pace;

  constructor(
    plan: Bandwidth | null,
    private readonly startAt = new Date('2026-01-05T12:00:00Z'),
  ) {
    this.pace = new Pace(plan, () => this.share, {
      now: () => this.nowMs,
      date: () => new Date(this.startAt.getTime() + this.nowMs),
    });
  }

  /** Milliseconds that these bytes take. */
  send(bytes: number): number {
    const startedMs = this.nowMs;
    for (let left = bytes; left > 0;) {
      while (this.pace.delayMs > 0) this.nowMs += this.pace.delayMs;
      const frameBytes = Math.min(left, this.pace.frameBytes, MIB);
      this.pace.spend(frameBytes);
      left -= frameBytes;
    }
    return this.nowMs - startedMs;
  }
}

describe('the pace of a run', () => {
  it('is full speed without a bandwidth', () => {
    const sender = new Sender(null);
    expect(sender.send(1000 * MIB)).toBe(0);
    expect(sender.pace.frameBytes).toBe(Infinity);
  });

  it('is that of the plan, in frames of a tenth of a second', () => {
    const sender = new Sender(limit(2 * MIB));
    expect(sender.send(20 * MIB)).toBeGreaterThan(9_700);
    expect(sender.send(20 * MIB)).toBeLessThan(10_200);
    expect(sender.pace.frameBytes).toBe(Math.floor((2 * MIB) / 10));
  });

  it('never makes frames too small to be worth it', () => {
    const sender = new Sender(limit(1024));
    sender.send(1);
    expect(sender.pace.frameBytes).toBe(65_536);
  });

  it('is its share of the agent where that is stricter, and follows it at once', () => {
    const sender = new Sender(limit(4 * MIB));
    sender.share = { bandwidth: limit(4 * MIB), runs: 4 };
    expect(sender.send(10 * MIB)).toBeGreaterThan(9_500);
    sender.share = { bandwidth: limit(4 * MIB), runs: 2 };
    expect(sender.send(10 * MIB)).toBeLessThan(5_500);
    sender.share = FULL_SHARE;
    expect(sender.send(10 * MIB)).toBeGreaterThan(2_300);
    expect(sender.send(10 * MIB)).toBeLessThan(2_700);
  });

  it('is forgotten when an agent loses its only limit', () => {
    const sender = new Sender(null);
    sender.share = { bandwidth: limit(MIB), runs: 1 };
    expect(sender.send(2 * MIB)).toBeGreaterThan(1_500);
    sender.share = FULL_SHARE;
    expect(sender.send(100 * MIB)).toBe(0);
  });

  it('follows the timetable within ten seconds, also while it waits', () => {
    const night = { from: '22:00', to: '06:00', bytesPerSecond: null };
    const sender = new Sender(limit(1024, [night]), new Date('2026-01-05T21:59:30Z'));
    expect(sender.send(10 * MIB)).toBeGreaterThanOrEqual(30_000);
    expect(sender.nowMs).toBeLessThanOrEqual(40_000);
  });
});
