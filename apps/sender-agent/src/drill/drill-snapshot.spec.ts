import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { existsSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeManyFiles, until } from '@periodic-backup/testing';
import { RestoreScene } from '../testing/restore-scene.js';
import { makeScratch, removeLeftScratches } from './scratch-directory.js';

let scene: RestoreScene;
beforeEach(async () => {
  scene = await RestoreScene.open();
  makeManyFiles(join(scene.source, 'many'), 150, 1000);
  symlinkSync('many', join(scene.source, 'link'));
  mkdirSync(join(scene.source, 'read-only'), { mode: 0o500 });
  await scene.backUp();
});
afterEach(() => scene.close());

const drillDir = (): string => scene.agent.context.drillDir;
const leftOvers = (): string[] => [
  ...(existsSync(drillDir()) ? readdirSync(drillDir()) : []),
  ...readdirSync(scene.agent.context.state.restores),
];

/** Paths that the vault was asked for. */
function watchReads(): Set<string> {
  const read = new Set<string>();
  scene.snapshot.onRead = (path) => read.add(path);
  return read;
}

describe('a drill', () => {
  it('restores the whole snapshot, compares it, deletes it and tells the time it took', async () => {
    const end = await scene.drill();
    expect(end).toMatchObject({
      error: null,
      problems: [],
      result: { kind: 'drill', files: 150, bytes: 150_000 },
    });
    expect(end.result).toMatchObject({ durationMs: expect.any(Number), seed: 1 });
    expect(leftOvers()).toEqual([]);
  });

  it('draws the same sample for the same seed, and another for another', async () => {
    const samples: string[][] = [];
    for (const seed of [7, 7, 8]) {
      const read = watchReads();
      const end = await scene.drill({ sampleFiles: 20, seed });
      expect(end).toMatchObject({ error: null, result: { files: 20, bytes: 20_000, seed } });
      samples.push([...read].sort());
    }
    expect(samples[0]).toHaveLength(20);
    expect(samples[1]).toEqual(samples[0]);
    expect(samples[2]).not.toEqual(samples[0]);
  });

  it('takes everything when the sample is larger than the snapshot', async () => {
    expect((await scene.drill({ sampleFiles: 1000 })).result).toMatchObject({ files: 150 });
  });

  it('fails for files that the vault no longer has as they were', async () => {
    writeFileSync(join(scene.source, 'many', 'd0000', 'f1'), Buffer.alloc(1000));
    const end = await scene.drill();
    expect(end).toMatchObject({ error: null, counts: { filesFailed: 1 }, result: { files: 149 } });
    expect(end.problems[0]).toMatchObject({ path: 'many/d0000/f1', code: 'DIGEST_MISMATCH' });
  });

  it('finds what was spoilt after it was written', async () => {
    makeManyFiles(join(scene.source, 'many'), 300, 60_000);
    await scene.backUp();
    scene.snapshot.onRead = (path) => {
      const written = join(drillDir(), readdirSync(drillDir())[0] as string, 'many', 'd0000', 'f0');
      if (path.startsWith('many/d0002') && existsSync(written)) writeFileSync(written, 'spoilt');
    };
    const end = await scene.drill();
    expect(end.problems).toEqual([
      expect.objectContaining({ path: 'many/d0000/f0', code: 'DRILL_MISMATCH' }),
    ]);
  });

  it('is refused before anything is fetched when there is no room', async () => {
    const read = watchReads();
    scene.snapshot.change('many/d0000/f0', { size: 2 ** 50 });
    const end = await scene.drill();
    expect(end.error).toMatchObject({ code: 'DRILL_NO_ROOM', retryable: false });
    expect(end.error?.message).toMatch(/DRILL_DIR/);
    expect(read.size).toBe(0);
    expect(leftOvers()).toEqual([]);
  });

  it('leaves nothing when the agent stops in the middle of it', async () => {
    scene.snapshot.onRead = () => scene.cancel.stop();
    expect((await scene.drill()).error).toMatchObject({ code: 'CONNECTION_LOST', retryable: true });
    expect(leftOvers()).toEqual([]);
  });
});

describe('what drills of a dead agent left behind', () => {
  it('goes at its next start, and nothing else', async () => {
    const runId = '0b3f8a52-3a1c-4d7e-9f00-000000000001';
    const scratch = makeScratch(drillDir(), runId).toString();
    mkdirSync(join(scratch, 'read-only'), { mode: 0o500 });
    mkdirSync(join(drillDir(), 'not-ours'));
    const removing = removeLeftScratches(drillDir());
    const again = makeScratch(drillDir(), runId).toString();
    await removing;
    expect(statSync(again).isDirectory()).toBe(true);
    await until(() => readdirSync(drillDir()).length === 2);
    expect(readdirSync(drillDir()).sort()).toEqual(['not-ours', `pbk-drill-${runId}`]);
  });
});
