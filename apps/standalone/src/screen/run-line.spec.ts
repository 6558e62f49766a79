import { describe, expect, it } from '@jest/globals';
import { aRun } from '../../test/a-run.js';
import { formatBytes, formatDuration, formatTime, progressLine } from '@periodic-backup/terminal';
import { runLines } from './run-line.js';

const context = { targetDir: '/backups', logsDir: '/data/logs', problems: [] };
const time = formatTime(new Date('2026-11-22T14:05:00.400Z'));

describe('runLines', () => {
  it('says in one line what a complete run stored and where', () => {
    expect(runLines(aRun(), context)).toEqual([
      `${time}  docs  complete  340 files, 1.2 MiB in 0.4 s → /backups/laptop/docs/2026-11-22T140500Z`,
    ]);
  });

  it('names the files that a partial run could not store and what to do', () => {
    const run = aRun({ state: 'partial', counts: { ...aRun().counts, filesFailed: 7 } });
    const problems = Array.from({ length: 7 }, (_, index) => ({
      path: `f${index}`,
      code: 'EACCES',
      message: 'may not be read',
    }));
    const lines = runLines(run, { ...context, problems });
    expect(lines[0]).toContain('7 could not be stored');
    expect(lines[1]).toBe('          f0: may not be read');
    expect(lines[6]).toContain('and 2 more');
    expect(lines.at(-1)).toContain('Grant this user read access');
  });

  it('gives the reason of a failed and of a missed run', () => {
    expect(runLines(aRun({ state: 'failed', reason: 'The disk is full.' }), context)[0]).toContain(
      'The disk is full.',
    );
    expect(runLines(aRun({ state: 'missed', reason: 'It slept.', finishedAt: null }), context)[0]).toContain(
      'It slept.',
    );
  });
});

describe('progressLine', () => {
  const progress = {
    type: 'progress',
    runId: aRun().id,
    planId: aRun().planId,
    filesDone: 50,
    filesTotal: 100,
    bytesDone: 512,
    bytesTotal: 1024,
    bytesPerSecond: 256,
    secondsLeft: 2,
    currentPath: null,
  } as const;

  const words = 'docs   50 %  50/100 files  512 B/1.0 KiB  256 B/s  2.0 s left';

  it('shows bar, files, bytes, rate and time left, and fits into the terminal', () => {
    expect(progressLine('docs', progress, 75)).toBe(`[#####.....]  ${words}`);
    expect(progressLine('docs', progress, 200)).toBe(`[${'#'.repeat(15)}${'.'.repeat(15)}]  ${words}`);
  });

  it('leaves the bar out where there is no room for it', () => {
    expect(progressLine('docs', progress, words.length)).toBe(words);
  });

  it('has no bar before the total is known', () => {
    const early = { ...progress, filesTotal: null, bytesTotal: null, secondsLeft: null };
    expect(progressLine('docs', early, 80)).toBe('docs  50 files  512 B  256 B/s  time left unknown');
  });
});

describe('formats', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 KiB'],
    [1_258_291, '1.2 MiB'],
    [365 * 2 ** 30, '365 GiB'],
  ])('writes %d bytes as %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it.each([
    [400, '0.4 s'],
    [12_300, '12 s'],
    [185_000, '3 min 5 s'],
    [7_800_000, '2 h 10 min'],
  ])('writes %d ms as %s', (milliseconds, text) => {
    expect(formatDuration(milliseconds)).toBe(text);
  });
});

describe('runLines of a run that is no backup', () => {
  it('says what was restored, what stood in the way, and where to', () => {
    const run = aRun({
      kind: 'restore',
      task: {
        kind: 'restore',
        snapshot: '2026-11-22T140500Z',
        agentId: 'laptop',
        paths: null,
        destination: '/srv/back',
        conflict: 'rename',
        dryRun: false,
      },
      taskResult: {
        kind: 'restore',
        created: 12,
        overwritten: 0,
        skipped: 0,
        renamed: 2,
        unchanged: 0,
        plan: [],
      },
    });
    expect(runLines(run, context)).toEqual([
      `${time}  docs  restore complete  12 entries restored, 2 renamed in 0.4 s → /srv/back`,
    ]);
  });

  it('does not send people to --exclude when a verification found damage', () => {
    const run = aRun({ kind: 'verify', state: 'partial', reason: 'Damage was found.' });
    expect(runLines(run, context).join('\n')).not.toContain('--exclude');
  });
});
