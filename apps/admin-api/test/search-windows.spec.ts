import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { signTicket, type SearchHit, type SnapshotView } from '@periodic-backup/contracts';
import { SnapshotReader } from '@periodic-backup/reader';
import { temporaryDirectory, type ReadingServer, type TemporaryDirectory } from '@periodic-backup/testing';
import { nameTest } from '../src/browse/name-pattern.js';
import { Reading } from '../src/browse/reading.js';
import { searchNames, type SearchOptions } from '../src/browse/search-names.js';
import { ticketedServer } from './ticketed-server.js';
import { TreeSnapshots } from './tree-snapshots.js';

const VAULT = '7e57ab1e-0000-4000-8000-000000000001';
const keys = generateKeyPairSync('ed25519');
const trees = new TreeSnapshots();
const snapshots: SnapshotView[] = [];
let directory: TemporaryDirectory;
let receiver: ReadingServer;
let reader: SnapshotReader;

beforeAll(async () => {
  directory = await temporaryDirectory();
  ({ receiver } = await ticketedServer(trees, () => keys.publicKey));
  const ticket = signTicket(
    {
      ...{
        v: 1,
        verb: 'read',
        vaultId: VAULT,
        agentFolder: 'laptop',
        planFolder: 'documents',
        snapshot: null,
      },
      ...{ runId: null, agentId: null, orderDigest: null, nbf: 0, exp: 4_000_000_000 },
    },
    keys.privateKey,
  );
  const offer = { receiverId: 'test', host: '127.0.0.1', port: receiver.port };
  reader = await SnapshotReader.connect([offer], ticket, { software: 'test' });
  const tree = join(directory.path, 'tree');
  const make = (folder: string, count: number): void => {
    mkdirSync(join(tree, folder), { recursive: true });
    for (let i = 0; i < count; i++) writeFileSync(join(tree, folder, `f${i}`), '');
  };
  make('a', 3);
  make('m', 60);
  make('z', 3);
  take(tree, 1);
  // The newest holds far less where the one before holds much.
  rmSync(join(tree, 'm'), { recursive: true });
  make('b', 5);
  take(tree, 2);
});
afterAll(async () => {
  reader.close();
  await receiver.close();
  await directory.remove();
});

function take(tree: string, day: number): void {
  const snapshot = `2026-11-0${day}T110500Z`;
  trees.take(snapshot, tree);
  const committedAt = `2026-11-0${day}T11:05:09Z`;
  snapshots.unshift({ id: `${day}`, snapshot, committedAt, counts: { entries: 71 } } as SnapshotView);
}

async function search(changes: Partial<SearchOptions>): Promise<{ hits: SearchHit[]; pages: number }> {
  const hits: SearchHit[] = [];
  let cursor: string | undefined;
  for (let pages = 1; ; pages++) {
    const page = await searchNames(snapshots, {
      isMeant: nameTest('f*'),
      limit: 500,
      budgetMs: 60_000,
      read: async (snapshot, work) =>
        work(new Reading(snapshot, reader, await reader.open(snapshot.snapshot))),
      ...changes,
      cursor,
    });
    hits.push(...page.items);
    if (page.nextCursor === null) return { hits, pages };
    cursor = page.nextCursor;
  }
}

test.each([2, 4, 10, 30, 1000])('windows of %d entries find the same as one', async (windowEntries) => {
  const { hits } = await search({});
  expect(hits).toHaveLength(71);
  expect(hits.filter(({ snapshots: count }) => count === 2)).toHaveLength(6);
  expect((await search({ windowEntries })).hits).toEqual(hits);
  expect((await search({ windowEntries, limit: 7 })).hits).toEqual(hits);
});

test('when its time is up a page ends with the window, and the next goes on', async () => {
  const all = (await search({})).hits;
  const { hits, pages } = await search({ windowEntries: 4, budgetMs: 0 });
  expect(hits).toEqual(all);
  expect(pages).toBeGreaterThan(3);
});
