import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  appendFileSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { AfterTransmit } from '@periodic-backup/contracts';
import { SessionError } from '@periodic-backup/protocol';
import type { RunEnd } from '../run/run-backup.js';
import { openScene, type Scene } from '../testing/scene.js';

let scene: Scene;
beforeEach(async () => {
  scene = await openScene();
  mkdirSync(join(scene.agent.source, 'd'), { mode: 0o750 });
  writeFileSync(join(scene.agent.source, 'd', 'a'), 'one', { mode: 0o640 });
});
afterEach(() => scene.close());

const inSource = (path: string): string => join(scene.agent.source, path);
const inBackup = (path: string): string => join(scene.agent.backup, path);

function run(afterTransmit: AfterTransmit, backupDir = scene.agent.backup): Promise<RunEnd> {
  return scene.agent.run(scene.agent.order({ afterTransmit, backupDir }), scene.receiver.offer);
}

describe.each(['copy', 'move'] as const)('the rule %s', (rule) => {
  it('touches nothing before the receipt', async () => {
    let backupAtCommit: string[] | null = null;
    scene.vault.onCommit = () => {
      backupAtCommit = existsSync(scene.agent.backup) ? readdirSync(scene.agent.backup) : [];
      throw new SessionError('STORAGE_FAILED', 'The disk answers EIO.');
    };
    expect((await run(rule)).error?.code).toBe('STORAGE_FAILED');
    expect(backupAtCommit).toEqual([]);
    expect(existsSync(scene.agent.backup)).toBe(false);
    expect(readFileSync(inSource('d/a'), 'utf8')).toBe('one');
  });

  it('keeps each file with its mode and time under the modes of its directories', async () => {
    utimesSync(inSource('d/a'), 1_700_000_000, 1_700_000_000);
    expect((await run(rule)).problems).toEqual([]);
    expect(readFileSync(inBackup('d/a'), 'utf8')).toBe('one');
    expect(lstatSync(inBackup('d/a'))).toMatchObject({ mtimeMs: 1_700_000_000_000, mode: 0o100640 });
    expect(lstatSync(inBackup('d')).mode).toBe(0o040750);
    expect(existsSync(inSource('d/a'))).toBe(rule === 'copy');
    expect(existsSync(inSource('d'))).toBe(true);
  });

  it('leaves a file for the next run that was written after it was sent', async () => {
    writeFileSync(inSource('still'), 'same');
    scene.vault.onCommit = () => appendFileSync(inSource('d/a'), ' and more');
    await run(rule);
    expect(existsSync(inBackup('d/a'))).toBe(false);
    expect(readFileSync(inSource('d/a'), 'utf8')).toBe('one and more');
    expect(readFileSync(inBackup('still'), 'utf8')).toBe('same');
    scene.vault.onCommit = () => undefined;
    await run(rule);
    expect(readFileSync(inBackup('d/a'), 'utf8')).toBe('one and more');
  });

  it('notices a file that was rewritten with the same size and time after it was sent', async () => {
    utimesSync(inSource('d/a'), 1_700_000_000, 1_700_000_000);
    scene.vault.onCommit = () => {
      writeFileSync(inSource('d/a'), 'two');
      utimesSync(inSource('d/a'), 1_700_000_000, 1_700_000_000);
    };
    await run(rule);
    expect(existsSync(inBackup('d/a'))).toBe(false);
    expect(readFileSync(inSource('d/a'), 'utf8')).toBe('two');
  });

  it('never loses an older version that differs', async () => {
    await run(rule);
    utimesSync(inBackup('d/a'), 1_600_000_000, 1_600_000_000);
    mkdirSync(inSource('d'), { recursive: true });
    writeFileSync(inSource('d/a'), 'two');
    await run(rule);
    expect(readFileSync(inBackup('d/a'), 'utf8')).toBe('two');
    expect(readFileSync(inBackup('d/a.2020-09-13T122640.000Z'), 'utf8')).toBe('one');
  });

  it('keeps every one of several older versions with the same time', async () => {
    for (const version of ['one', 'two', 'three']) {
      writeFileSync(inSource('d/a'), version);
      await run(rule);
      utimesSync(inBackup('d/a'), 1_600_000_000, 1_600_000_000);
    }
    const kept = readdirSync(inBackup('d')).sort();
    expect(kept.map((name) => readFileSync(inBackup(`d/${name}`), 'utf8'))).toEqual(['three', 'one', 'two']);
  });

  it('makes links anew and never follows them', async () => {
    symlinkSync('../outside', inSource('d/link'));
    await run(rule);
    expect(readlinkSync(inBackup('d/link'))).toBe('../outside');
  });

  it('keeps every name of a file that has several', async () => {
    linkSync(inSource('d/a'), inSource('second'));
    await run(rule);
    expect(readFileSync(inBackup('second'), 'utf8')).toBe('one');
    expect(readFileSync(inBackup('d/a'), 'utf8')).toBe('one');
    expect(existsSync(inSource('second'))).toBe(rule === 'copy');
  });

  it('does not follow a link planted in the backup directory', async () => {
    const outside = join(scene.root, 'outside');
    mkdirSync(outside);
    mkdirSync(scene.agent.backup);
    symlinkSync(outside, inBackup('d'));
    await run(rule);
    expect(readdirSync(outside)).toEqual([]);
    expect(readFileSync(inBackup('d/a'), 'utf8')).toBe('one');
    expect(readdirSync(scene.agent.backup).some((name) => name.startsWith('d.'))).toBe(true);
  });

  it('keeps files on another file system too', async () => {
    const elsewhere = await mkdtemp('/dev/shm/pbk-test-');
    try {
      expect(lstatSync(elsewhere).dev).not.toBe(lstatSync(scene.agent.source).dev);
      (scene.agent.context.allowed.backups as string[]).push(elsewhere);
      const backup = join(elsewhere, 'new');
      expect((await run(rule, backup)).problems).toEqual([]);
      expect(readFileSync(join(backup, 'd/a'), 'utf8')).toBe('one');
      expect(readdirSync(join(backup, 'd'))).toEqual(['a']);
      expect(existsSync(inSource('d/a'))).toBe(rule === 'copy');
    } finally {
      await rm(elsewhere, { recursive: true });
    }
  });

  it('reports a file that it cannot keep and leaves it in the source', async () => {
    writeFileSync(scene.agent.backup, 'not a directory');
    const end = await run(rule);
    expect(end.error).toMatchObject({ code: 'BACKUP_DIR_UNUSABLE', retryable: false });
    expect(readFileSync(inSource('d/a'), 'utf8')).toBe('one');
  });
});

describe('after the receipt', () => {
  it('compares content before a file that is kept already leaves the source', async () => {
    mkdirSync(inBackup('d'), { recursive: true });
    writeFileSync(inBackup('d/a'), 'eno');
    utimesSync(inBackup('d/a'), 1_700_000_000, 1_700_000_000);
    utimesSync(inSource('d/a'), 1_700_000_000, 1_700_000_000);
    await run('move');
    expect(readFileSync(inBackup('d/a'), 'utf8')).toBe('one');
    expect(readFileSync(inBackup('d/a.2023-11-14T221320.000Z'), 'utf8')).toBe('eno');
  });

  it('copies nothing again that is kept already', async () => {
    await run('copy');
    const { ino } = lstatSync(inBackup('d/a'));
    await run('copy');
    expect(lstatSync(inBackup('d/a')).ino).toBe(ino);
    expect(readdirSync(inBackup('d'))).toEqual(['a']);
  });

  it('leaves the source alone and forgets its list with the rule keep', async () => {
    await run('keep');
    expect(readFileSync(inSource('d/a'), 'utf8')).toBe('one');
    expect(readdirSync(scene.agent.context.state.rules)).toEqual([]);
  });
});
