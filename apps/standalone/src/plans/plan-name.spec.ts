import { FolderName } from '@periodic-backup/contracts';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { planNameFor } from './plan-name.js';

describe('planNameFor', () => {
  it.each([
    ['/home/me/docs', 'docs'],
    ['/home/me/.config', 'config'],
    ['/home/me/My Files (old)', 'My Files -old-'],
    ['/srv/Fotos äöü', 'Fotos äöü'],
    ['/', 'source'],
    ['/srv/...', 'source'],
    ['/srv/trailing.', 'trailing'],
  ])('names %s %s', (sourceDir, name) => {
    expect(planNameFor(sourceDir, [])).toBe(name);
  });

  it('adds a number when the name is taken, whatever its case', () => {
    expect(planNameFor('/b/docs', ['docs'])).toBe('docs-2');
    expect(planNameFor('/c/Docs', ['docs', 'docs-2'])).toBe('Docs-3');
  });

  it('always gives a valid folder name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (name) => {
        expect(FolderName.safeParse(planNameFor(`/srv/${name}`, ['source'])).success).toBe(true);
      }),
    );
  });
});
