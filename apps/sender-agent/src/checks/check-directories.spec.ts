import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openScene, type Scene } from '../testing/scene.js';
import { checkDirectories } from './check-directories.js';

let scene: Scene;
beforeEach(async () => {
  scene = await openScene();
});
afterEach(() => scene.close());

function check(sourceDir: string, backupDir: string | null = null) {
  const afterTransmit = backupDir === null ? 'keep' : 'copy';
  return checkDirectories(
    scene.agent.order({ sourceDir, backupDir, afterTransmit }),
    scene.agent.context.allowed,
  );
}

const at = (...names: string[]): string => join(scene.root, ...names);

describe('the directories of a run', () => {
  it('are taken by their real paths, through a link that was named as source', () => {
    mkdirSync(at('source', 'real'));
    symlinkSync('real', at('source', 'link'));
    expect(check(at('source', 'link')).source.toString()).toBe(at('source', 'real'));
  });

  it('are refused when a link leads out of what is allowed', () => {
    mkdirSync(at('elsewhere'));
    symlinkSync(at('elsewhere'), at('source', 'link'));
    expect(() => check(at('source', 'link'))).toThrow(/in truth .*elsewhere.*ALLOWED_DIRS/);
  });

  it('are refused when the source only begins like an allowed one', () => {
    mkdirSync(at('source-2'));
    expect(() => check(at('source-2'))).toThrow(
      expect.objectContaining({ code: 'SOURCE_NOT_ALLOWED', retryable: false }),
    );
  });

  it('are refused when the source is missing or a file', () => {
    expect(() => check(at('source', 'none'))).toThrow(/does not exist/);
    writeFileSync(at('source', 'file'), '');
    expect(() => check(at('source', 'file'))).toThrow(/not a directory/);
  });

  it('may have a backup directory that does not exist yet', () => {
    expect(check(at('source'), at('backup', 'new', 'er')).backup?.toString()).toBe(at('backup', 'new', 'er'));
  });

  it.each([
    ['the backup directory lies in the source', ['source'], ['source', 'backup']],
    ['both are the same', ['source'], ['source']],
    ['the source lies in the backup directory', ['source', 'docs'], ['source']],
    ['a link hides that one lies in the other', ['source'], ['way', 'backup']],
  ])('are refused when %s', (_, source, backup) => {
    mkdirSync(at('source', 'docs'));
    symlinkSync(at('source'), at('way'));
    expect(() => check(at(...source), at(...backup))).toThrow(
      expect.objectContaining({ code: 'BACKUP_DIR_OVERLAP', retryable: false }),
    );
  });

  it('are refused when the backup directory is not allowed on this machine', () => {
    expect(() => check(at('source'), at('etc'))).toThrow(
      expect.objectContaining({ code: 'BACKUP_DIR_NOT_ALLOWED' }),
    );
  });
});
