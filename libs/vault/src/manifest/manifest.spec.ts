import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { comparePaths, digestOf, type Entry } from '@periodic-backup/protocol';
import { EntryListReader, EntryListWriter } from './entry-list.js';
import type { ManifestFooter, ManifestHeader } from './manifest-format.js';
import { Manifest, readHeader } from './manifest-reader.js';
import { ManifestWriter } from './manifest-writer.js';

const ENTRIES = 5000;
const header: ManifestHeader = {
  vaultId: randomUUID(),
  agentId: 'laptop',
  planId: randomUUID(),
  runId: randomUUID(),
  epoch: 7,
  snapshot: '2026-11-22T110500Z',
  previous: null,
  digest: 'blake3',
};
const footer: ManifestFooter = {
  counts: {
    entries: ENTRIES,
    files: ENTRIES,
    bytes: 0,
    storedFiles: 0,
    storedBytes: 0,
    linkedFiles: 0,
    copiedFiles: 0,
    problems: 0,
  },
  users: { '0': 'root' },
  groups: {},
  committedAt: '2026-11-22T11:05:01.000Z',
};

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pbk-manifest-'));
  path = join(folder, 'manifest');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Paths of many lengths, now and then of the greatest. */
function entry(i: number): Entry {
  const name = `${String(i).padStart(5, '0')}-${'x'.repeat(i % 1000 === 999 ? 4000 : i % 50)}`;
  return {
    path: Buffer.from(name),
    kind: 'file',
    mode: 0o644,
    uid: i,
    gid: 0,
    size: i,
    mtimeNs: BigInt(i),
    ctimeNs: -1n,
    target: null,
    sparse: false,
    unreadable: false,
    changedWhileRead: i % 7 === 0,
    digest: digestOf(Buffer.from(name)),
  };
}

function write(): { digest: Buffer; entries: Entry[] } {
  const writer = new ManifestWriter(path, header);
  const entries = Array.from({ length: ENTRIES }, (_, i) => entry(i)).sort((a, b) =>
    comparePaths(a.path, b.path),
  );
  entries.forEach((one, i) => {
    writer.add(one);
    if (i % 37 === 0) writer.flush();
  });
  return { digest: writer.finish(footer), entries };
}

it('gives back header, footer and entries, and is named by its digest', () => {
  const { digest, entries } = write();
  const manifest = Manifest.open(path);
  expect([manifest.header, manifest.footer]).toEqual([header, footer]);
  expect([...manifest.entriesFrom(null)]).toEqual(entries);
  expect(digest).toEqual(digestOf(readFileSync(path)));
  expect(manifest.digest()).toEqual(digest);
});

it('finds any entry by its index, reading little', () => {
  const { entries } = write();
  const manifest = Manifest.open(path);
  for (let i = 0; i < ENTRIES; i += 97) expect(manifest.find((entries[i] as Entry).path)).toEqual(entries[i]);
  expect(manifest.find(Buffer.from('00001'))).toBeNull();
  expect(manifest.find(Buffer.from('zzz'))).toBeNull();
  const reader = [...manifest.entriesFrom(Buffer.from('04'))];
  expect(reader).toHaveLength(1000);
});

it('is refused when cut short, at any length', () => {
  write();
  const whole = readFileSync(path);
  for (const bytes of [0, 7, 11, 100, whole.length >> 1, whole.length - 25, whole.length - 1]) {
    writeFileSync(path, whole.subarray(0, bytes));
    expect(() => Manifest.open(path)).toThrow(expect.objectContaining({ code: 'DAMAGED' }));
  }
});

it('stops at a record that makes no sense, with an error', () => {
  write();
  const bytes = readFileSync(path);
  bytes.fill(0xff, bytes.length >> 1, (bytes.length >> 1) + 200);
  writeFileSync(path, bytes);
  expect(() => [...Manifest.open(path).entriesFrom(null)]).toThrow(
    expect.objectContaining({ code: 'DAMAGED' }),
  );
});

it('can be read as far as it was flushed while it is being written', () => {
  const writer = new ManifestWriter(path, header);
  for (let i = 0; i < 10; i++) writer.add(entry(i));
  writer.flush();
  writer.add(entry(10));
  const head = readHeader(path);
  expect(head?.header).toEqual(header);
  const reader = EntryListReader.open(path, { start: head?.recordsAt ?? 0, end: null });
  let count = 0;
  for (; reader.current; reader.advance()) count++;
  reader.close();
  writer.close();
  expect(count).toBe(10);
});

it('a list of entries ends where a crash tore it', () => {
  const list = new EntryListWriter(path);
  for (let i = 0; i < 3; i++) list.add(entry(i));
  list.flush();
  list.close();
  const whole = readFileSync(path).length;
  const paths = (): string[] => {
    const reader = EntryListReader.open(path, { start: 0, end: null });
    const found: string[] = [];
    for (; reader.current; reader.advance()) found.push(reader.current.path.toString().slice(0, 5));
    reader.close();
    return found;
  };
  appendFileSync(path, Buffer.alloc(10_000));
  expect(paths()).toEqual(['00000', '00001', '00002']);
  truncateSync(path, whole - 1);
  expect(paths()).toEqual(['00000', '00001']);
});
