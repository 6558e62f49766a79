import { expect, it } from '@jest/globals';
import { RunTally } from './run-tally.js';

it('shows the bytes of a large file while it is under way, and counts them once', () => {
  const tally = new RunTally(null);
  tally.sawFile(100);
  tally.sawFile(1000);
  tally.finishedFile(100);
  tally.openFileBytes = 400;
  expect(tally.progress).toMatchObject({ filesDone: 1, bytesDone: 500 });
  tally.finishedFile(1000);
  expect(tally.progress).toMatchObject({ filesDone: 2, bytesDone: 1100 });
});

it('tells of a file that vanished without counting it as failed', () => {
  const tally = new RunTally(null);
  tally.note(Buffer.from('gone'), 'VANISHED', 'it was removed before it was read');
  tally.problem(Buffer.from('closed'), 'EACCES');
  expect(tally.problems.map(({ code }) => code)).toEqual(['VANISHED', 'EACCES']);
  expect(tally.counts.filesFailed).toBe(1);
});
