import { existsSync, renameSync } from 'node:fs';
import { removeFile } from './durable-files.js';
import { comparePaths, type Entry } from '@periodic-backup/protocol';
import { EntryListReader, EntryListWriter } from '../manifest/entry-list.js';
import { readHeader } from '../manifest/manifest-reader.js';
import type { StagingDirectory } from './staging-directory.js';
import { below, type Tree } from './tree.js';

const WHOLE_FILE = { start: 0, end: null };
const ROOT = Buffer.alloc(0);
const SLASH = 0x2f;

/**
 * Brings together what earlier sessions staged, in `staging.staged`, and removes from the tree what none of them recorded.
 * A file entry without a digest is one that was begun: what the tree holds of it may be continued. Safe to repeat
 * after a crash in its middle.
 *
 * The draft of the last session is complete up to its last entry; behind that counts what it settled out of order, and what
 * sessions before it had staged. Only behind that can the tree hold what nobody recorded.
 */
export function gatherStaged(staging: StagingDirectory, tree: Tree): void {
  const part = `${staging.staged}.part`;
  removeFile(part);
  const list = new EntryListWriter(part);
  let last: Buffer | null = null;
  try {
    const draft = openDraft(staging.draft);
    for (; draft?.current; draft.advance()) {
      list.add(draft.current);
      last = draft.current.path;
    }
    draft?.close();
    addBehind(list, last, readJournal(staging.journal, last), staging.staged);
    list.flush();
  } finally {
    list.close();
  }
  renameSync(part, staging.staged);
  const recorded = EntryListReader.open(staging.staged, WHOLE_FILE);
  try {
    new Reconciliation(tree, recorded, last).visit(ROOT);
  } finally {
    recorded.close();
  }
  removeFile(staging.draft);
  removeFile(staging.journal);
  removeFile(staging.lateLinks);
}

/** Merges the journal's entries with those of an older list, as far as they come after `last`. */
function addBehind(list: EntryListWriter, last: Buffer | null, journal: Entry[], olderPath: string): void {
  const older = existsSync(olderPath) ? EntryListReader.open(olderPath, WHOLE_FILE) : null;
  const newer = journal.values();
  let next = newer.next();
  for (; older?.current; older.advance()) {
    const entry = older.current;
    if (last !== null && comparePaths(entry.path, last) <= 0) continue;
    let replaced = false;
    for (; !next.done && comparePaths(next.value.path, entry.path) <= 0; next = newer.next()) {
      list.add(next.value);
      replaced = next.value.path.equals(entry.path);
    }
    if (!replaced) list.add(entry);
  }
  older?.close();
  for (; !next.done; next = newer.next()) list.add(next.value);
}

function openDraft(path: string): EntryListReader | null {
  if (!existsSync(path)) return null;
  const head = readHeader(path);
  return head === null ? null : EntryListReader.open(path, { start: head.recordsAt, end: null });
}

/**
 * What the journal knows behind `last`, in path order. Of several records of a file the last one counts; of files
 * begun and not ended only the last, because one is written at a time. As many as a session's window at most.
 */
function readJournal(path: string, last: Buffer | null): Entry[] {
  if (!existsSync(path)) return [];
  const found = new Map<string, Entry>();
  let begun: string | null = null;
  const journal = EntryListReader.open(path, WHOLE_FILE);
  for (; journal.current; journal.advance()) {
    const entry = journal.current;
    if (last !== null && comparePaths(entry.path, last) <= 0) continue;
    const key = entry.path.toString('latin1');
    if (entry.digest === null) {
      if (begun !== null && found.get(begun)?.digest === null) found.delete(begun);
      begun = key;
    }
    found.set(key, entry);
  }
  journal.close();
  return [...found.values()].sort((a, b) => comparePaths(a.path, b.path));
}

/** One walk over the part of a tree behind `last`, beside the list of what is recorded there. */
class Reconciliation {
  constructor(
    private readonly tree: Tree,
    private readonly recorded: EntryListReader,
    private readonly last: Buffer | null,
  ) {}

  visit(directory: Buffer): void {
    for (const name of this.tree.names(directory) ?? []) {
      const path = below(directory, Buffer.from(name, 'latin1'));
      if (this.last !== null && comparePaths(path, this.last) <= 0) {
        if (holds(path, this.last)) this.visit(path);
      } else this.checkRecorded(path);
    }
  }

  private checkRecorded(path: Buffer): void {
    while (this.recorded.current && comparePaths(this.recorded.current.path, path) < 0)
      this.recorded.advance();
    const next = this.recorded.current;
    const isDirectory =
      next !== null && (next.path.equals(path) ? next.kind === 'directory' : holds(path, next.path));
    if (isDirectory) this.visit(path);
    else if (next === null || !next.path.equals(path)) this.tree.remove(path);
  }
}

/** True if `directory` is `path` or holds it. */
function holds(directory: Buffer, path: Buffer): boolean {
  if (directory.length > path.length || directory.compare(path, 0, directory.length) !== 0) return false;
  return directory.length === path.length || directory.length === 0 || path[directory.length] === SLASH;
}
