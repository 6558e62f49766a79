import { describe, expect, it } from '@jest/globals';
import { placeProblems } from './place-problems.js';

const problem = (errors?: { path: string; message: string }[]) => ({
  ...{ type: 'about:blank', title: 'Bad Request', status: 400, detail: 'It does not fit.' },
  ...(errors ? { errors } : {}),
});

describe('placeProblems', () => {
  it('puts each problem at its field, as a sentence', () => {
    expect(
      placeProblems(problem([{ path: 'sourceDir', message: 'must be absolute' }]), ['sourceDir']),
    ).toEqual({
      atFields: [{ name: 'sourceDir', message: 'Must be absolute.' }],
      above: null,
    });
  });

  it('puts a problem that lies deeper at the field that holds it', () => {
    const { atFields } = placeProblems(problem([{ path: 'excludes.3', message: 'is empty' }]), ['excludes']);
    expect(atFields).toEqual([{ name: 'excludes', message: 'Is empty.' }]);
  });

  it('prefers the deepest field', () => {
    const fields = ['schedule', 'schedule.cron'];
    const { atFields } = placeProblems(
      problem([{ path: 'schedule.cron', message: 'has six fields' }]),
      fields,
    );
    expect(atFields[0]?.name).toBe('schedule.cron');
  });

  it('loses nothing: what has no field is told above', () => {
    const errors = [{ path: 'vaultId', message: 'is gone' }];
    expect(placeProblems(problem(errors), ['name']).above).toBe('It does not fit. vaultId is gone');
    expect(placeProblems(problem(), ['name']).above).toBe('It does not fit.');
  });
});
