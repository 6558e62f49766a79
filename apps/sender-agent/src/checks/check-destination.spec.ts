import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openScene, type Scene } from '../testing/scene.js';
import { checkDestination } from './check-destination.js';

let scene: Scene;
beforeEach(async () => {
  scene = await openScene();
});
afterEach(() => scene.close());

const at = (...names: string[]): string => join(scene.root, ...names);
const check = (destination: string, restores: string[] = []): string =>
  checkDestination(destination, { ...scene.agent.context.allowed, restores }).toString();

describe('the destination of a restore', () => {
  it('may be any directory below the allowed ones, and need not exist', () => {
    expect(check(at('source'))).toBe(at('source'));
    expect(check(at('source', 'new', 'er'))).toBe(at('source', 'new', 'er'));
    expect(check(at('elsewhere'), [at('elsewhere')])).toBe(at('elsewhere'));
  });

  it.each([[['etc']], [['source-2']], [['backup']], [['source', '..', 'elsewhere']]])(
    'is refused outside of them, with the setting to change: %s',
    (names) => {
      expect(() => check(at(...names))).toThrow(
        expect.objectContaining({
          ...{ code: 'DESTINATION_NOT_ALLOWED', retryable: false },
          message: expect.stringMatching(/ALLOWED_DIRS \(or RESTORE_DIRS\)/),
        }),
      );
    },
  );

  it('is taken by its real path when a link leads there', () => {
    mkdirSync(at('source', 'real'));
    symlinkSync('real', at('source', 'link'));
    expect(check(at('source', 'link', 'new'))).toBe(at('source', 'real', 'new'));
  });

  it('is refused when a link leads out', () => {
    mkdirSync(at('elsewhere'));
    symlinkSync(at('elsewhere'), at('source', 'link'));
    expect(() => check(at('source', 'link', 'new'))).toThrow(/in truth .*elsewhere\/new.*ALLOWED_DIRS/);
  });

  it('is refused when it is a file', () => {
    writeFileSync(at('source', 'file'), '');
    expect(() => check(at('source', 'file'))).toThrow(
      expect.objectContaining({ code: 'DESTINATION_UNUSABLE' }),
    );
  });
});
