import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { chmodSync, lstatSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Entry } from '@periodic-backup/protocol';
import { asNobody } from '../testing/as-nobody.js';
import { RestoreScene } from '../testing/restore-scene.js';
import { deviceNumbers, LocalOwners } from '@periodic-backup/restore';

const isRoot = process.geteuid?.() === 0;
let scene: RestoreScene;
beforeEach(async () => {
  scene = await RestoreScene.open();
  mkdirSync(join(scene.source, 'docs'));
  writeFileSync(join(scene.source, 'docs', 'program'), 'program', { mode: 0o755 });
  symlinkSync('program', join(scene.source, 'docs', 'link'));
  await scene.backUp();
});
afterEach(() => scene.close());

const at = (...names: string[]): string => join(scene.destination, ...names);

describe('what is restored', () => {
  it('belongs to whom it belonged, by name and then by number, as far as the agent may give it', async () => {
    scene.snapshot.users = { 54321: 'root' };
    scene.snapshot.change('docs', { uid: 54321, gid: 12346 });
    scene.snapshot.change('docs/program', { uid: 12345, gid: 12346 });
    scene.snapshot.change('docs/link', { uid: 12345, gid: 12346 });
    const end = await scene.restore();
    const owners = [at('docs'), at('docs', 'program'), at('docs', 'link')].map((path) => lstatSync(path).uid);
    const mine = process.geteuid?.() as number;
    expect(owners).toEqual(isRoot ? [0, 12345, 12345] : [mine, mine, mine]);
    expect(end.problems.map(({ code }) => code)).toEqual(isRoot ? [] : ['OWNER']);
  });

  it('runs as somebody else only if its owner is the one that was backed up', async () => {
    scene.snapshot.change('docs/program', { mode: 0o6755 });
    chmodSync(scene.root, 0o755);
    chmodSync(scene.agent.source, 0o777);
    chmodSync(scene.agent.context.state.restores, 0o777);
    chmodSync(join(scene.root, 'state'), 0o777);
    scene.snapshot.change('docs/program', { uid: 12345, gid: 12345 });
    const end = await asNobody(() => scene.restore());
    expect(end.error).toBeNull();
    expect(statSync(at('docs', 'program')).mode & 0o7777).toBe(0o755);
    expect(end.problems).toEqual([expect.objectContaining({ code: 'OWNER' })]);
    expect(end.counts.filesFailed).toBe(0);
  });

  it('keeps the bits of a program whose owner was restored', async () => {
    scene.snapshot.change('docs/program', { mode: 0o6750 });
    await scene.restore();
    expect(statSync(at('docs', 'program')).mode & 0o7777).toBe(0o6750);
  });

  it('has the modes of its entries, whatever files are made with here', async () => {
    for (const [name, mode] of [
      ['a', 0o666],
      ['b', 0o666],
      ['c', 0o600],
      ['d', 0o000],
    ] as const) {
      writeFileSync(join(scene.source, name), name);
      chmodSync(join(scene.source, name), mode);
    }
    await scene.backUp();
    await scene.restore();
    expect(['a', 'b', 'c', 'd'].map((name) => statSync(at(name)).mode & 0o7777)).toEqual([
      0o666, 0o666, 0o600, 0,
    ]);
  });

  it('names files that the agent may not write, and goes on with the rest', async () => {
    mkdirSync(at('docs'), { recursive: true });
    for (const path of [scene.root, scene.agent.source, scene.destination]) chmodSync(path, 0o755);
    for (const path of [join(scene.root, 'state'), scene.agent.context.state.restores])
      chmodSync(path, 0o777);
    writeFileSync(join(scene.source, 'z'), 'z');
    chmodSync(scene.destination, 0o777);
    chmodSync(at('docs'), 0o555);
    await scene.backUp();
    const end = await asNobody(() => scene.restore({ conflict: 'skip' }));
    expect(end.error).toBeNull();
    expect(end.problems.map(({ path, code }) => `${path} ${code}`)).toEqual(
      expect.arrayContaining(['docs/program EACCES', 'docs/link EACCES']),
    );
    expect(statSync(at('z')).size).toBe(1);
  });
});

describe('names of owners', () => {
  it('are looked up here; what has none here keeps its number', () => {
    const passwd = join(scene.root, 'passwd');
    const group = join(scene.root, 'group');
    writeFileSync(passwd, 'ada:x:1002:1002::/home/ada:/bin/sh\nbob:x:1003:1003::/:/bin/sh\n');
    writeFileSync(group, 'staff:x:60:ada\n');
    const owners = new LocalOwners({ 1000: 'ada', 1001: 'eve' }, { 50: 'staff' }, passwd, group);
    const idsOf = (uid: number, gid: number): number[] => {
      const entry = { uid, gid } as Entry;
      return [owners.uidOf(entry), owners.gidOf(entry)];
    };
    expect(idsOf(1000, 50)).toEqual([1002, 60]);
    expect(idsOf(1001, 51)).toEqual([1001, 51]);
  });
});

describe('the numbers of a device', () => {
  it('come apart as the C library put them together', () => {
    expect(deviceNumbers(0x103)).toEqual({ major: 1, minor: 3 });
    expect(deviceNumbers(0x1001_0305)).toEqual({ major: 259, minor: 65_541 });
    expect(deviceNumbers(0x1_1001_0001_7007)).toEqual({ major: 70_000, minor: 1_048_583 });
  });
});
