import { describe, expect, it } from '@jest/globals';
import { excludeOf, isWithin, partsOf } from './path-parts.js';

it('takes a path apart', () => {
  expect(partsOf('/srv/my files/')).toEqual([
    { name: 'srv', path: '/srv' },
    { name: 'my files', path: '/srv/my files' },
  ]);
  expect(partsOf('/')).toEqual([]);
});

it('knows what lies within a directory', () => {
  expect(isWithin('/srv/a', '/srv')).toBe(true);
  expect(isWithin('/srv', '/srv/')).toBe(true);
  expect(isWithin('/srv-2', '/srv')).toBe(false);
  expect(isWithin('/anything', '/')).toBe(true);
});

describe('the exclude of an entry', () => {
  it.each([
    ['/srv/cache', '/srv', true, '/cache/'],
    ['/srv/a/b.iso', '/srv/', false, '/a/b.iso'],
    ['/data', '/', true, '/data/'],
    ['/srv/[old]*?', '/srv', true, String.raw`/\[old\]\*\?/`],
    ['/srv/ends with space ', '/srv', false, String.raw`/ends with space\ `],
    [String.raw`/srv/back\slash`, '/srv', false, String.raw`/back\\slash`],
  ])('%s in %s', (path, source, isDirectory, rule) => {
    expect(excludeOf(path, source, isDirectory)).toBe(rule);
  });
});
