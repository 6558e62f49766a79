import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bandwidth } from '@periodic-backup/contracts';
import { makeManyFiles, seededBytes, until } from '@periodic-backup/testing';
import { openScene, type Scene } from '../testing/scene.js';
import type { AgentShare } from './pace.js';

const MIB = 1024 * 1024;
const ONE_MIB_A_SECOND: Bandwidth = { bytesPerSecond: MIB, timezone: 'UTC', windows: [] };

let scene: Scene;
beforeEach(async () => {
  scene = await openScene();
});
afterEach(() => scene.close());

/** Milliseconds of a run that succeeded. */
async function timeRun(bandwidth?: Bandwidth): Promise<number> {
  const startedMs = performance.now();
  const order = scene.agent.order(bandwidth ? { bandwidth } : {});
  expect((await scene.agent.run(order, scene.receiver.offer)).error).toBeNull();
  return performance.now() - startedMs;
}

describe('sending with a bandwidth', () => {
  it('takes its time for a large file, and stores it whole', async () => {
    const content = seededBytes('large', 2 * MIB);
    writeFileSync(join(scene.agent.source, 'large'), content);
    expect(await timeRun(ONE_MIB_A_SECOND)).toBeGreaterThan(1_500);
    expect(scene.vault.files.get('large')?.content.equals(content)).toBe(true);
  });

  it('takes its time for many small files', async () => {
    makeManyFiles(scene.agent.source, 512, 4096);
    expect(await timeRun(ONE_MIB_A_SECOND)).toBeGreaterThan(1_500);
    expect(scene.vault.files.size).toBe(512);
  });

  it("keeps to the agent's share, and goes on soon after that has grown", async () => {
    let share: AgentShare = { bandwidth: { ...ONE_MIB_A_SECOND, bytesPerSecond: 2048 }, runs: 2 };
    scene.agent.context.shareOf = () => share;
    writeFileSync(join(scene.agent.source, 'large'), seededBytes('large', 2 * MIB));
    const run = timeRun();
    await until(() => scene.receiver.bytesReceived > 60_000, { what: 'the first piece' });
    share = { bandwidth: ONE_MIB_A_SECOND, runs: 1 };
    expect(await run).toBeGreaterThan(1_300);
  });

  it('is cancelled at once while it waits for its turn', async () => {
    writeFileSync(join(scene.agent.source, 'large'), seededBytes('large', 2 * MIB));
    const order = scene.agent.order({ bandwidth: { ...ONE_MIB_A_SECOND, bytesPerSecond: 1024 } });
    const run = scene.agent.run(order, scene.receiver.offer);
    await until(() => scene.receiver.bytesReceived > 60_000, { what: 'the first piece' });
    const cancelledAtMs = performance.now();
    scene.agent.cancel.cancel();
    expect((await run).error?.code).toBe('CANCELLED');
    expect(performance.now() - cancelledAtMs).toBeLessThan(5_000);
  });
});
