import { describe, expect, it } from '@jest/globals';
import { aRun } from '../../test/a-run.js';
import { foldMissed } from './run-watch.js';

describe('foldMissed', () => {
  it('makes one of the runs that a plan missed in a row, keeping those of others apart', () => {
    const runs = [
      aRun({ planId: 'a', id: '1', state: 'missed' }),
      aRun({ planId: 'b', id: '2', state: 'missed' }),
      aRun({ planId: 'a', id: '3', state: 'missed' }),
      aRun({ planId: 'a', id: '4', state: 'committed' }),
      aRun({ planId: 'a', id: '5', state: 'missed' }),
    ];
    expect(foldMissed(runs).map(({ run, missedRuns }) => [run.id, missedRuns])).toEqual([
      ['3', 2],
      ['2', 1],
      ['4', 0],
      ['5', 1],
    ]);
  });
});
