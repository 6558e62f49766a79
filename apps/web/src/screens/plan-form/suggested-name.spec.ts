import { expect, it } from '@jest/globals';
import { FolderName } from '@periodic-backup/contracts/http';
import { suggestedName } from './suggested-name.js';

it.each([
  ['/home/me/docs', 'docs'],
  ['/home/me/docs/', 'docs'],
  ['/home/me/.config', 'config'],
  ['/home/me/My Files (old)', 'My Files -old-'],
  ['/srv/Fotos äöü', 'Fotos äöü'],
  ['/srv/trailing. ', 'trailing'],
])('names %s %s', (sourceDir, name) => {
  expect(suggestedName(sourceDir)).toBe(name);
  expect(FolderName.safeParse(name).success).toBe(true);
});

it('suggests nothing where nothing is left', () => {
  expect(['/', '', '/srv/...'].map(suggestedName)).toEqual(['', '', '']);
});
