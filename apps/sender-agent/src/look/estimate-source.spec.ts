import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { chmodSync, linkSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Estimate } from '@periodic-backup/contracts';
import { asNobody } from '../testing/as-nobody.js';
import { openScene, type Scene } from '../testing/scene.js';
import { estimateSource } from './estimate-source.js';

let scene: Scene;
beforeEach(async () => {
  scene = await openScene();
});
afterEach(() => scene.close());

const at = (...names: string[]): string => join(scene.agent.source, ...names);

function touch(sizeBytes: number, ...names: string[]): void {
  for (const name of names) writeFileSync(at(name), Buffer.alloc(sizeBytes));
}

function estimate(
  excludes: string[] = [],
  { budgetMs = 20_000, samples = 10, check = () => undefined as void } = {},
): Estimate {
  const question = { kind: 'estimate', sourceDir: at(), excludes, budgetMs, samples } as const;
  return estimateSource(question, scene.agent.context.allowed, check);
}

describe('an estimate', () => {
  it('takes what a run would take', async () => {
    mkdirSync(at('a', 'b'), { recursive: true });
    touch(100, 'one', 'a/two', 'a/b/three.tmp');
    linkSync(at('one'), at('other'));
    symlinkSync('one', at('link'));
    const found = estimate(['*.tmp']);
    expect(found).toMatchObject({ complete: true, files: 2, bytes: 200, directories: 3, others: 2 });
    const end = await scene.agent.run(scene.agent.order({ excludes: ['*.tmp'] }), scene.receiver.offer);
    expect(end.counts).toMatchObject({ files: found.files, bytesRead: found.bytes });
  });

  it('counts what each exclude leaves out, by itself and below', () => {
    mkdirSync(at('node_modules', 'm'), { recursive: true });
    touch(10, 'node_modules/m/1', 'node_modules/2', 'a.log', 'keep.log', 'b.txt');
    const { files, excluded } = estimate(['node_modules/', '*.log', '!keep.log', '*.none']);
    expect(files).toBe(2);
    expect(excluded).toMatchObject({ paths: 2, files: 3, bytes: 30, complete: true });
    expect(excluded.rules).toMatchObject([
      { index: 0, rule: 'node_modules/', paths: 1, files: 2, bytes: 20, samples: [{ path: 'node_modules' }] },
      { index: 1, paths: 1, files: 1, bytes: 10, samples: [{ path: 'a.log', sizeBytes: 10 }] },
      { index: 2, paths: 0 },
      { index: 3, paths: 0 },
    ]);
  });

  it('draws its samples from all over the source, the same each time', () => {
    for (let i = 10; i < 90; i++) touch(i, `f${i}`);
    const { samples, largest } = estimate([], { samples: 8 });
    expect(samples).toHaveLength(8);
    expect(samples).toEqual([...samples].sort((a, b) => (a.path < b.path ? -1 : 1)));
    expect(Number(samples.at(-1)!.path.slice(1)) - Number(samples[0]!.path.slice(1))).toBeGreaterThan(20);
    expect(estimate([], { samples: 8 }).samples).toEqual(samples);
    expect(largest.map(({ sizeBytes }) => sizeBytes)).toEqual([89, 88, 87, 86, 85, 84, 83, 82, 81, 80]);
  });

  it('says what it may not read, as a run would', async () => {
    mkdirSync(at('locked'));
    touch(1, 'locked/x', 'open');
    chmodSync(at('locked'), 0);
    chmodSync(scene.root, 0o755);
    const found = await asNobody(() => Promise.resolve(estimate()));
    chmodSync(at('locked'), 0o755);
    expect(found).toMatchObject({
      files: 1,
      unreadable: { count: 1, samples: [{ path: 'locked', code: 'EACCES' }] },
    });
  });

  it('answers with what it saw when its time is up', () => {
    for (let i = 0; i < 500; i++) touch(1, `f${i}`);
    const found = estimate([], { budgetMs: 0 });
    expect(found.complete).toBe(false);
    expect(found.files).toBeGreaterThan(0);
    expect(found.files).toBeLessThan(500);
  });

  it('does not count below excluded directories when its time is up before', () => {
    mkdirSync(at('out'));
    touch(1, 'out/x');
    for (let i = 0; i < 500; i++) touch(1, `f${i}`);
    expect(estimate(['out/'], { budgetMs: 0 }).excluded).toMatchObject({
      paths: 1,
      files: 0,
      complete: false,
    });
  });

  it('ends at once when nobody waits any more', () => {
    for (let i = 0; i < 500; i++) touch(1, `f${i}`);
    const check = (): void => {
      throw new Error('gone');
    };
    expect(() => estimate([], { check })).toThrow('gone');
  });
});
