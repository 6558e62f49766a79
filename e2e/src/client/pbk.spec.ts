import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
  closeSync,
  statSync,
  utimesSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SnapshotView } from '@periodic-backup/contracts';
import { freePort, temporaryDirectory, type TemporaryDirectory } from '@periodic-backup/testing';
import { LaunchedStack } from '../support/launched-stack.js';
import { pbk, type PbkEnd } from '../support/pbk.js';
import { snapshotDirectory } from '../support/vault-on-disk.js';

let folder: TemporaryDirectory;
let source: string;
let target: string;
let stack: LaunchedStack;

beforeAll(async () => {
  folder = await temporaryDirectory();
  source = join(folder.path, 'papers');
  target = join(folder.path, 'target');
  mkdirSync(join(source, 'letters'), { recursive: true });
  writeFileSync(join(source, 'letters/to-ada.txt'), 'Dear Ada\n');
  writeFileSync(join(source, 'ledger.csv'), 'a,b\n1,2\n');
  stack = await LaunchedStack.start({
    source,
    target,
    dataDir: join(folder.path, 'data'),
    args: ['--restore-dir', join(folder.path, 'restored')],
  });
});

afterAll(async () => {
  await stack.stop();
  await folder.remove();
});

const run = (...args: string[]): Promise<PbkEnd> => pbk(`http://127.0.0.1:${stack.apiPort}`, ...args);

describe('with everything well', () => {
  it('says that all is safe, and exits 0', async () => {
    const { exitCode, out } = await run('status');
    expect([exitCode, out]).toEqual([0, expect.stringMatching(/^Safe: .*\n[^]*papers .* healthy/)]);
    expect((await run('doctor')).exitCode).toBe(0);
  });

  it('shows what is in a snapshot, and where a name is', async () => {
    expect((await run('ls', 'papers', 'letters')).out).toMatch(/-rw.* 9 B .* to-ada\.txt/);
    expect((await run('find', 'papers', '*.TXT')).out).toContain('letters/to-ada.txt');
    expect((await run('find', 'papers', 'nothing-like-it')).exitCode).toBe(1);
  });

  it('downloads a file as it was, and a directory as an archive that tar reads', async () => {
    const output = join(folder.path, 'ledger.csv');
    expect((await run('get', 'papers', 'ledger.csv', '-o', output)).exitCode).toBe(0);
    expect(readFileSync(output, 'utf8')).toBe('a,b\n1,2\n');
    expect(await run('get', 'papers', 'ledger.csv', '-o', output)).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('exists already'),
    });
    const archive = join(folder.path, 'letters.tar');
    expect((await run('get', 'papers', 'letters', '-o', archive)).exitCode).toBe(0);
    expect(execFileSync('tar', ['-tf', archive], { encoding: 'utf8' })).toContain('to-ada.txt');
  });

  it('has a plan be as a file says, and says what it would take', async () => {
    const { agentId, vaultId } = await stack.plan();
    const file = join(folder.path, 'plan.json');
    const receiver = { host: 'localhost', port: stack.receiverPort };
    const schedule = { kind: 'cron', cron: '0 3 1 1 *' };
    const letters = { name: 'letters', agentId, sourceDir: join(source, 'letters'), schedule, receiver };
    writeFileSync(file, JSON.stringify({ ...letters, excludes: ['*.none', '*ada*'] }));
    for (let again = 0; again < 2; again++)
      expect(await run('put-plan', file)).toMatchObject({
        exitCode: 0,
        out: expect.stringContaining('letters of'),
      });
    const plans = JSON.parse((await run('--json', 'plans')).out) as { name: string; vaultId: string }[];
    expect(plans.filter(({ name }) => name === 'letters')).toMatchObject([{ vaultId }]);
    expect(await run('estimate', 'letters')).toMatchObject({
      exitCode: 0,
      out: expect.stringMatching(
        /^0 files.*\n(.*\n)?left out by \*\.none: nothing\nleft out by \*ada\*: 1 file, 9 B/,
      ),
    });
    writeFileSync(file, '{"name": "x"}');
    expect(await run('put-plan', file)).toMatchObject({
      exitCode: 2,
      err: expect.stringMatching(/does not describe a plan:\n(.*\n)* {2}agentId /),
    });
    const letterPlan = JSON.parse((await run('--json', 'plans')).out) as { name: string; id: string }[];
    const { id } = letterPlan.find(({ name }) => name === 'letters')!;
    expect((await fetch(`${stack.api}/plans/${id}`, { method: 'DELETE' })).status).toBe(200);
  });

  it('answers programs in JSON', async () => {
    const snapshots = JSON.parse((await run('--json', 'snapshots', 'papers')).out) as { snapshot: string }[];
    expect(snapshots.length).toBeGreaterThan(0);
    const lines = (await run('--json', 'ls', 'papers')).out.trim().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { path: string }).path)).toEqual([
      'ledger.csv',
      'letters',
    ]);
  });
});

describe('through time', () => {
  it('backs up now, compares snapshots, and knows the versions of a file', async () => {
    const [before] = await stack.snapshots();
    writeFileSync(join(source, 'ledger.csv'), 'a,b\n1,3\n');
    rmSync(join(source, 'letters/to-ada.txt'));
    writeFileSync(join(source, 'letters/to-bob.txt'), 'Dear Bob\n');
    const ended = await run('run', 'papers');
    expect([ended.exitCode, ended.out]).toEqual([0, expect.stringContaining('backup of papers: committed')]);
    const diff = await run('diff', before?.id ?? '', 'papers@latest');
    expect(diff.out.split('\n')).toEqual(
      expect.arrayContaining(['~ ledger.csv', '- letters/to-ada.txt', '+ letters/to-bob.txt']),
    );
    const versions = (await run('--json', 'history', 'papers', 'ledger.csv')).out.trim().split('\n');
    expect(versions).toHaveLength(2);
  });

  it('restores an earlier version, and says what it would do before', async () => {
    const snapshots = await stack.snapshots();
    const oldest = snapshots.at(-1)?.id ?? '';
    const place = join(folder.path, 'restored/earlier');
    const dry = await run('restore', oldest, 'letters', '--to', place, '--dry-run');
    expect([dry.exitCode, dry.out]).toEqual([0, expect.stringContaining('nothing was written')]);
    expect((await run('restore', oldest, 'letters', '--to', place)).exitCode).toBe(0);
    expect(readFileSync(join(place, 'letters/to-ada.txt'), 'utf8')).toBe('Dear Ada\n');
    writeFileSync(join(place, 'letters/to-ada.txt'), 'changed since');
    const conflict = await run('restore', oldest, 'letters', '--to', place);
    expect([conflict.exitCode, conflict.out]).toEqual([1, expect.stringContaining('nothing was written')]);
    expect(readFileSync(join(place, 'letters/to-ada.txt'), 'utf8')).toBe('changed since');
  });

  it('drills, and remembers how long it took', async () => {
    expect((await run('drill', 'papers')).exitCode).toBe(0);
    expect((await run('drill', 'papers', '--list')).out).toMatch(/committed/);
  });

  it('previews retention without removing anything', async () => {
    const before = await stack.snapshots();
    const { exitCode, out } = await run('retention', 'preview', 'papers', '--last', '1');
    expect([exitCode, out]).toEqual([0, expect.stringContaining('newest')]);
    expect(await stack.snapshots()).toHaveLength(before.length);
  });
});

describe('with a flipped bit', () => {
  it('finds it, names it, restores nothing damaged, and is healed by the next backup', async () => {
    const [newest] = await stack.snapshots();
    const { planFolder, agentId, snapshot } = newest as SnapshotView;
    const file = join(snapshotDirectory(target, { agentId, planName: planFolder, snapshot }), 'ledger.csv');
    const { atime, mtime } = statSync(file);
    const open = openSync(file, 'r+');
    writeSync(open, 'A', 0);
    closeSync(open);
    utimesSync(file, atime, mtime);

    const verified = await run('verify', 'papers');
    expect([verified.exitCode, verified.out]).toEqual([5, expect.stringContaining('ledger.csv')]);
    expect(verified.out).toContain(newest?.snapshot);
    expect(await run('status')).toMatchObject({ exitCode: 5, out: expect.stringContaining('NOT SAFE') });
    const place = join(folder.path, 'restored/damaged');
    expect((await run('restore', 'papers', '--to', place)).exitCode).toBe(3);
    expect(() => statSync(join(place, 'ledger.csv'))).toThrow('ENOENT');
    expect(readFileSync(join(place, 'letters/to-bob.txt'), 'utf8')).toBe('Dear Bob\n');
    const output = join(folder.path, 'never.csv');
    expect((await run('get', 'papers', 'ledger.csv', '-o', output)).exitCode).toBe(1);
    expect(() => statSync(output)).toThrow('ENOENT');

    expect((await run('run', 'papers')).exitCode).toBe(0);
    expect((await run('verify', 'papers@latest')).exitCode).toBe(0);
    const healed = join(folder.path, 'restored/healed');
    expect((await run('restore', 'papers', '--to', healed)).exitCode).toBe(0);
    expect(readFileSync(join(healed, 'ledger.csv'), 'utf8')).toBe('a,b\n1,3\n');
  });
});

describe('with something wrong in the command', () => {
  it.each([
    [['ls', 'no-such-plan'], 2, 'There is no plan "no-such-plan"'],
    [['no-such-command'], 2, 'unknown command'],
    [['restore', 'papers'], 2, '--to DIR'],
    [['ls', 'papers@1999'], 2, 'The newest are'],
    [['runs', '--limit', 'many'], 2, 'whole number'],
    [['restore', 'papers', '--to', '/etc/pbk-never'], 1, 'ALLOWED_DIRS'],
  ] as const)('%s exits %i', async (args, exitCode, words) => {
    const end = await run(...args);
    expect(end.exitCode).toBe(exitCode);
    expect(end.out + end.err).toContain(words);
  });

  it('exits 4 where nothing answers, and says how to name another address', async () => {
    const end = await pbk(`http://127.0.0.1:${await freePort()}`, 'status');
    expect([end.exitCode, end.err]).toEqual([4, expect.stringContaining('--api')]);
  });
});

it.each(['bash', 'zsh', 'fish'])('completes in %s', async (shell) => {
  const { exitCode, out } = await run('completion', shell);
  expect(exitCode).toBe(0);
  expect(out).toContain('retention');
  if (shell === 'bash') execFileSync('bash', ['-n'], { input: out });
});
