import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { existsSync, linkSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SessionError } from '@periodic-backup/protocol';
import { seededBytes } from '@periodic-backup/testing';
import { RestoreScene } from '../testing/restore-scene.js';

let scene: RestoreScene;
beforeEach(async () => {
  scene = await RestoreScene.open();
  writeFileSync(join(scene.source, 'good'), 'good');
  writeFileSync(join(scene.source, 'bad'), 'bad');
  writeFileSync(join(scene.source, 'large'), seededBytes('large', 1_000_000));
  linkSync(join(scene.source, 'bad'), join(scene.source, 'bad-too'));
});
afterEach(() => scene.close());

const at = (name: string): string => join(scene.destination, name);

describe('damage in the vault', () => {
  it('is named and never restored under the name of the file; the rest is restored', async () => {
    await scene.backUp();
    writeFileSync(join(scene.source, 'bad'), 'BAD');
    const flipped = seededBytes('large', 1_000_000);
    flipped[700_000] = (flipped[700_000] as number) ^ 1;
    writeFileSync(join(scene.source, 'large'), flipped);
    const end = await scene.restore();
    expect(end).toMatchObject({ error: null, counts: { filesFailed: 3 }, result: { created: 1 } });
    expect(end.problems.map(({ path, code }) => `${path} ${code}`).sort()).toEqual([
      ...['bad DIGEST_MISMATCH', 'bad-too DIGEST_MISMATCH', 'large DIGEST_MISMATCH'],
    ]);
    expect(readdirSync(scene.destination)).toEqual(['good']);
  });

  it('is named when the vault itself knows of it', async () => {
    await scene.backUp();
    scene.snapshot.onRead = (path, offset) => {
      if (path === 'large' && offset > 0) throw new SessionError('DAMAGED', 'shorter than the manifest says');
    };
    const end = await scene.restore();
    expect(end.problems).toEqual([expect.objectContaining({ path: 'large', code: 'DAMAGED' })]);
    expect(end.problems[0]?.message).toMatch(/another snapshot/);
    expect(readdirSync(scene.destination).sort()).toEqual(['bad', 'bad-too', 'good']);
  });

  it('does not hide what was never backed up', async () => {
    const snapshot = await scene.backUp();
    snapshot.change('good', { unreadable: true, digest: null });
    const end = await scene.restore();
    expect(end.problems).toEqual([expect.objectContaining({ path: 'good', code: 'UNREADABLE' })]);
    expect(existsSync(at('good'))).toBe(false);
    expect(readFileSync(at('bad-too'), 'utf8')).toBe('bad');
  });

  it('shows in paths that the snapshot does not have', async () => {
    await scene.backUp();
    const paths = ['good', 'nowhere/at/all'].map((path) => Buffer.from(path).toString('base64'));
    const end = await scene.restore({ paths });
    expect(end.problems).toEqual([expect.objectContaining({ path: 'nowhere/at/all', code: 'NOT_FOUND' })]);
    expect(readdirSync(scene.destination)).toEqual(['good']);
  });
});
