import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  closeSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  rmSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { MAX_SMALL_FILE_BYTES } from '@periodic-backup/protocol';
import { makeManyFiles, seededBytes } from '@periodic-backup/testing';
import { asNobody } from '../testing/as-nobody.js';
import { openScene, type Scene } from '../testing/scene.js';

// Megabytes through one event loop take their time on a busy machine.
let scene: Scene;
beforeEach(async () => {
  scene = await openScene();
});
afterEach(() => scene.close());

const write = (name: string, content: string | Buffer): void =>
  writeFileSync(join(scene.agent.source, name), content);
const run = () => scene.agent.run(scene.agent.order(), scene.receiver.offer);
const stored = (name: string): Buffer | undefined => scene.vault.files.get(name)?.content;

describe('sending a snapshot', () => {
  it('keeps within a window of one entry', async () => {
    makeManyFiles(scene.agent.source, 250, 100);
    write('large', seededBytes('l', 200_000));
    scene.receiver.entryWindow = 1;
    expect((await run()).error).toBeNull();
    expect(scene.vault.files.size).toBe(251);
    write('large', seededBytes('m', 200_000));
    expect((await run()).error).toBeNull();
    expect(stored('large')?.equals(seededBytes('m', 200_000))).toBe(true);
  });

  it('sends only what changed', async () => {
    makeManyFiles(scene.agent.source, 300, 10);
    await run();
    write('d0001/f150', 'changed!');
    write('d0002/new', 'n');
    const end = await run();
    expect(scene.vault.wants.map(({ path }) => path)).toEqual(['d0001/f150', 'd0002/new']);
    expect(end.counts.bytesRead).toBe(9);
  });

  it('answers a digest, and the content when the digest differs after all', async () => {
    write('same', 'same');
    write('other', 'one');
    write('large', seededBytes('l', 300_000));
    await run();
    // A new ctime under the old size and mtime: the receiver asks for the digest first.
    const at = new Date(1_700_000_000_000);
    for (const name of ['same', 'other', 'large']) utimesSync(join(scene.agent.source, name), at, at);
    await run();
    write('other', 'two');
    for (const name of ['same', 'other', 'large']) utimesSync(join(scene.agent.source, name), at, at);
    const end = await run();
    expect(end.error).toBeNull();
    expect(scene.vault.wants.map(({ what }) => what)).toEqual(['digest', 'digest', 'digest']);
    expect(stored('other')?.toString()).toBe('two');
    expect(stored('same')?.toString()).toBe('same');
  });

  it('sends holes of sparse files as holes and the data between them', async () => {
    const file = openSync(join(scene.agent.source, 'sparse'), 'w');
    ftruncateSync(file, 5_000_000);
    writeSync(file, Buffer.from('data'), 0, 4, 2_000_000);
    closeSync(file);
    expect((await run()).error).toBeNull();
    const expected = Buffer.alloc(5_000_000);
    expected.write('data', 2_000_000);
    expect(stored('sparse')?.equals(expected)).toBe(true);
    expect(scene.vault.holeBytes).toBeGreaterThan(4_700_000);
    expect(scene.receiver.bytesReceived).toBeLessThan(300_000);
  });

  it('names the owners', async () => {
    chownSync(scene.agent.source, process.getuid?.() ?? 0, process.getgid?.() ?? 0);
    await run();
    const users = Object.assign({}, ...scene.vault.owners.map((owners) => owners.users)) as object;
    if (process.getuid?.() === 0) expect(users).toEqual({ 0: 'root' });
    else expect(scene.vault.owners.length).toBeLessThan(2);
  });

  it('carries the largest small file and the smallest large one', async () => {
    write('small', seededBytes('s', MAX_SMALL_FILE_BYTES));
    write('large', seededBytes('l', MAX_SMALL_FILE_BYTES + 1));
    expect((await run()).error).toBeNull();
    expect(stored('small')?.length).toBe(MAX_SMALL_FILE_BYTES);
    expect(stored('large')?.length).toBe(MAX_SMALL_FILE_BYTES + 1);
  });
});

describe('a file that is not as it should be', () => {
  beforeEach(() => {
    // As if a snapshot existed: the receiver decides before the file is read.
    scene.vault.commits = 1;
  });

  it('is reported with its errno when it may not be read, and the rest is sent', async () => {
    write('secret', 'x');
    write('plain', 'y');
    mkdirSync(join(scene.agent.source, 'closed'));
    for (const name of ['secret', 'closed']) chmodSync(join(scene.agent.source, name), 0o000);
    for (const path of ['', 'state', 'state/totals', 'state/sent', 'state/rules'])
      chmodSync(join(scene.root, path), 0o777);
    const end = await asNobody(run);
    expect(end.error).toBeNull();
    expect(end.problems.map(({ path, code }) => `${path} ${code}`).sort()).toEqual([
      ...['closed EACCES', 'secret EACCES'],
    ]);
    expect(end.counts.filesFailed).toBe(2);
    expect(stored('plain')?.toString()).toBe('y');
  });

  it('is reported as vanished when it went after it was announced', async () => {
    write('gone', 'x');
    write('large-gone', seededBytes('x', 100_000));
    scene.vault.onOffer = ({ path }) => {
      if (path.length > 0) rmSync(join(scene.agent.source, path.toString()));
    };
    const end = await run();
    expect(end.error).toBeNull();
    expect(end.problems.map(({ code }) => code)).toEqual(['VANISHED', 'VANISHED']);
    expect(end.counts.filesFailed).toBe(0);
    expect(scene.vault.files.size).toBe(0);
  });

  it('is sent as it is now when it was written after it was announced', async () => {
    write('small', 'one');
    write('large', seededBytes('l', 100_000));
    scene.vault.onOffer = ({ path, kind }) => {
      if (kind === 'file') appendFileSync(join(scene.agent.source, path.toString()), ' and more');
    };
    const end = await run();
    expect(end.error).toBeNull();
    expect(end.problems).toEqual([]);
    expect(stored('small')?.toString()).toBe('one and more');
    expect(stored('large')?.length).toBe(100_009);
  });

  it('is sent as changed when a large one is written while it is read', async () => {
    write('growing', Buffer.alloc(30_000_000, 'g'));
    scene.vault.onAppend = () => appendFileSync(join(scene.agent.source, 'growing'), '+');
    const end = await run();
    expect(end.error).toBeNull();
    expect(end.problems.map(({ code }) => code)).toEqual(['CHANGED']);
    expect(scene.vault.files.get('growing')?.outcome.status).toBe('changed');
  });

  it('is sent whole although it grew beyond the batch', async () => {
    write('grown', 'x');
    scene.vault.onOffer = ({ kind }) => {
      if (kind === 'file') write('grown', seededBytes('g', 300_000));
    };
    expect((await run()).error).toBeNull();
    expect(stored('grown')?.equals(seededBytes('g', 300_000))).toBe(true);
  });
});
