import { closeSync, statSync, type Stats } from 'node:fs';
import { posix } from 'node:path';
import type { DirectoryItem, DirectoryListing, DirectoryQuestion } from '@periodic-backup/contracts';
import { isWithin, joinPath, realPathOf } from '@periodic-backup/local-files';
import type { AllowedDirectories } from '../checks/check-directories.js';
import { ExcludeRules } from '../walk/exclude-rules.js';
import { isReadable, itemOf } from './directory-item.js';
import { DirectoryNames, cursorOf, type ListedName } from './directory-names.js';
import { allowedRoots, usesOf } from './directory-uses.js';
import { allowedParent, enterAllowed } from './enter-allowed.js';

/** A page ends here although more would fit by number: long names make long answers. */
const MAX_PAGE_CHARACTERS = 524_288;
/** Of an item's fields other than its paths. */
const ITEM_CHARACTERS = 250;
const ROOT = Buffer.from('/');

/**
 * What is in a directory, if this machine allows it for anything; without a path, the directories it allows. Links are
 * shown, never followed, except those on the asker's own way that stay within what is allowed.
 * @throws LookRefused
 */
export function listDirectory(question: DirectoryQuestion, allowed: AllowedDirectories): DirectoryListing {
  if (question.path === null) return listRoots(allowed);
  const asked = Buffer.from(question.path, 'base64');
  const { real, directory, uses } = enterAllowed(asked, allowed);
  try {
    const shownReal = real.length === 0 ? ROOT : real;
    const path = isPlain(asked) ? asked : shownReal;
    const names = DirectoryNames.in(directory, question);
    const ruleOf = excludesOf(question, real);
    const items: DirectoryItem[] = [];
    let characters = 0;
    let at = names.indexBehind(question.cursor);
    for (; at < names.count && items.length < question.limit && characters < MAX_PAGE_CHARACTERS; at++) {
      const listed = names.at(at);
      const item = itemOf(path, directory, listed.name, uses, ruleOf(listed));
      characters += item.name.length + item.path.length + item.pathBytes.length + ITEM_CHARACTERS;
      items.push(item);
    }
    return {
      ...{ path: path.toString(), pathBytes: path.toString('base64'), realPath: shownReal.toString() },
      ...{ parent: allowedParent(path, allowed), uses, items, total: names.count },
      nextCursor: at < names.count && at > 0 ? cursorOf(names.at(at - 1)) : null,
    };
  } finally {
    closeSync(directory.descriptor);
  }
}

function listRoots(allowed: AllowedDirectories): DirectoryListing {
  const items = allowedRoots(allowed).map((root): DirectoryItem => {
    const path = Buffer.from(root);
    const stats = statsOf(root);
    return {
      ...{ name: root, path: root, pathBytes: path.toString('base64'), isText: true },
      kind: stats?.isDirectory() ? 'directory' : null,
      ...{ sizeBytes: null, mtime: stats?.mtime.toISOString() ?? null },
      readable: isReadable(path, 'directory'),
      uses: usesOf(realOrSame(root), allowed),
      excludedBy: null,
    };
  });
  const nothing = { path: null, pathBytes: null, realPath: null, parent: null, uses: [], nextCursor: null };
  return { ...nothing, items, total: items.length };
}

function statsOf(path: string): Stats | null {
  try {
    return statSync(path);
  } catch {
    return null;
  }
}

/** Without detours: such a path is shown as the asker wrote it. */
function isPlain(path: Buffer): boolean {
  const text = path.toString('latin1');
  return posix.normalize(text) === text && (text === '/' || !text.endsWith('/'));
}

/** Rules count relative to their source; elsewhere they leave nothing out. */
function excludesOf({ excludes }: DirectoryQuestion, real: Buffer): (listed: ListedName) => number | null {
  const source = excludes && realOrSame(excludes.sourceDir);
  if (!source || !isWithin(source, real)) return () => null;
  const below = real.subarray(Math.min(real.length, source.length + 1));
  const rules = new ExcludeRules(excludes.rules);
  return ({ name, isDirectory }) => rules.ruleOf(joinPath(below, name), isDirectory);
}

function realOrSame(path: string): Buffer {
  try {
    return realPathOf(path);
  } catch {
    return Buffer.from(path);
  }
}
