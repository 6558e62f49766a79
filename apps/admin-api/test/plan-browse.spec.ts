import { randomUUID } from 'node:crypto';
import { chmodSync, mkdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DiffEntry, PathHistory, Problem, SearchPage } from '@periodic-backup/contracts';
import { SessionError } from '@periodic-backup/protocol';
import { BrowsingScene } from './browsing-scene.js';

interface Page<T> {
  readonly items: T[];
  readonly nextCursor: string | null;
}

let scene: BrowsingScene;
/** Five snapshots of one directory, a day apart: what changes from one to the next is told where they are taken. */
const ids: string[] = [];
const DAYS = ['01', '02', '03', '04', '05'].map((day) => `2026-11-${day}T110500Z`);

beforeAll(async () => {
  scene = await BrowsingScene.open();
  const tree = join(scene.directory.path, 'tree');
  const at = (...parts: string[]) => join(tree, ...parts);
  const write = (path: string, text: string, mtime = 1000): void => {
    writeFileSync(at(path), text);
    utimesSync(at(path), mtime, mtime);
  };
  const take = async (): Promise<void> => {
    for (const path of ['', 'docs', 'docs/old', 'photos']) utimesSync(at(path), 1, 1);
    ids.push(await scene.take(tree));
  };
  for (const path of ['docs/old', 'photos']) mkdirSync(at(path), { recursive: true });
  for (const [path, text] of Object.entries({
    'docs/Report.txt': 'one',
    'docs/old/report.bak': 'b',
    'photos/a.JPG': 'a',
  }))
    write(path, text);
  write('docs/comes and goes', 'same');
  symlinkSync('Report.txt', at('docs/link'));
  await take();
  write('docs/Report.txt', 'two', 2000);
  rmSync(at('docs/comes and goes'));
  await take();
  write('photos/b.jpg', 'b');
  rmSync(at('docs/old/report.bak'));
  await take();
  chmodSync(at('docs/Report.txt'), 0o600);
  write('docs/comes and goes', 'same');
  await take();
  rmSync(at('docs/link'));
  symlinkSync('elsewhere', at('docs/link'));
  rmSync(at('photos/a.JPG'));
  mkdirSync(at('photos/a.JPG'));
  await take();
});
afterEach(() => {
  scene.trees.beforeOpen = () => undefined;
});
afterAll(() => scene.close());

/** One snapshot cannot be opened any more. */
function damage(day: string): void {
  scene.receiver.cut();
  scene.trees.beforeOpen = (snapshot) => {
    if (snapshot === day) throw new SessionError('DAMAGED', 'The manifest is not as it was.');
  };
}

const plan = <T>(what: string, id = scene.planId) =>
  scene.api.call<T & Problem>('GET', `/api/v1/plans/${id}/${what}`);

describe('history of a path', () => {
  const history = async (path: string, more = ''): Promise<PathHistory> =>
    (await plan<PathHistory>(`history?path=${encodeURIComponent(path)}${more}`)).body;
  const told = ({ items }: PathHistory): string[] =>
    items.map(({ entry, from, to, snapshots }) =>
      [
        entry.sizeBytes,
        entry.mode.toString(8),
        from.snapshot.slice(8, 10),
        to.snapshot.slice(8, 10),
        snapshots,
      ].join(' '),
    );

  test('versions come newest first with the snapshots that hold them', async () => {
    expect(told(await history('docs/Report.txt'))).toEqual([
      '3 600 04 05 2',
      '3 644 02 03 2',
      '3 644 01 01 1',
    ]);
  });

  test('what was away in between is two versions', async () => {
    expect(told(await history('docs/comes and goes'))).toEqual(['4 644 04 05 2', '4 644 01 01 1']);
    expect(told(await history('never'))).toEqual([]);
  });

  test('pages hold each version once', async () => {
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: PathHistory = await history('docs/Report.txt', `&limit=1${cursor && `&cursor=${cursor}`}`);
      seen.push(...told(page));
      cursor = page.nextCursor;
    }
    expect(seen).toEqual(['3 600 04 05 2', '3 644 02 03 2', '3 644 01 01 1']);
  });

  test('a snapshot that cannot be opened is named, and the others tell', async () => {
    damage(DAYS[2]!);
    const page = await history('docs/Report.txt');
    expect(told(page)).toEqual(['3 600 04 05 2', '3 644 02 02 1', '3 644 01 01 1']);
    expect(page.skipped).toMatchObject([{ snapshot: DAYS[2], reason: 'The manifest is not as it was.' }]);
  });
});

describe('search', () => {
  const search = async (query: string): Promise<SearchPage> =>
    (await plan<SearchPage>(`search?${query}`)).body;
  const told = ({ items }: SearchPage): string[] =>
    items.map(({ entry, first, last, snapshots }) =>
      [entry.path, first.snapshot.slice(8, 10), last.snapshot.slice(8, 10), snapshots].join(' '),
    );

  test('part of a name is found, capital or small, with the snapshots that hold it', async () => {
    const page = await search('name=REPORT');
    expect(told(page)).toEqual(['docs/Report.txt 01 05 5', 'docs/old/report.bak 01 02 2']);
    expect(page).toMatchObject({ nextCursor: null, searchedSnapshots: 5, planSnapshots: 5, skipped: [] });
    expect(page.items[0]!.entry).toMatchObject({ mode: 0o600, sizeBytes: 3 });
  });

  test('a pattern is that of the whole name; directories are found too', async () => {
    expect(told(await search('name=*.jpg'))).toEqual(['photos/a.JPG 01 05 5', 'photos/b.jpg 03 05 3']);
    expect(told(await search('name=o*'))).toEqual(['docs/old 01 05 5']);
    expect(told(await search('name=docs/old'))).toEqual([]);
  });

  test('pages hold each path once; only the newest snapshots are searched if wanted', async () => {
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: SearchPage = await search(`name=o&limit=1${cursor && `&cursor=${cursor}`}`);
      seen.push(...page.items.map(({ entry }) => entry.path));
      cursor = page.nextCursor;
    }
    const all = [
      'docs',
      'docs/Report.txt',
      'docs/comes and goes',
      'docs/old',
      'docs/old/report.bak',
      'photos',
    ];
    expect(seen).toEqual(all);
    const newest = await search('name=report&snapshots=2');
    expect(told(newest)).toEqual(['docs/Report.txt 04 05 2']);
    expect(newest).toMatchObject({ searchedSnapshots: 2, planSnapshots: 5 });
  });

  test('a snapshot that cannot be opened is named, and the others are searched', async () => {
    damage(DAYS[4]!);
    const page = await search('name=report');
    expect(told(page)).toEqual(['docs/Report.txt 01 04 4', 'docs/old/report.bak 01 02 2']);
    expect(page.skipped).toMatchObject([{ snapshot: DAYS[4] }]);
  });

  test('a plan of which nothing is known is not there; a cursor of another list is refused', async () => {
    expect((await plan('search?name=a', randomUUID())).status).toBe(404);
    expect((await plan('history', randomUUID())).status).toBe(404);
    expect((await plan('search?name=a&cursor=diff.YQ')).status).toBe(400);
    expect((await plan('search')).body.errors).toMatchObject([{ path: 'name' }]);
  });
});

describe('difference of two snapshots', () => {
  const diff = async (a: number, b: number, query = ''): Promise<Page<DiffEntry>> =>
    (await scene.api.call<Page<DiffEntry>>('GET', `/api/v1/snapshots/${ids[a]}/diff/${ids[b]}?${query}`))
      .body;
  const told = ({ items }: Page<DiffEntry>): string[] => items.map(({ change, path }) => `${change} ${path}`);

  test('tells what was added, removed and changed, and what changed in metadata alone', async () => {
    const page = await diff(0, 4);
    expect(told(page)).toEqual([
      'changed docs/Report.txt',
      'changed docs/link',
      'removed docs/old/report.bak',
      'changed photos/a.JPG',
      'added photos/b.jpg',
    ]);
    expect(page.items[3]).toMatchObject({ before: { kind: 'file' }, after: { kind: 'directory' } });
    expect(page.items[4]).toMatchObject({ before: null, after: { sizeBytes: 1 } });
    expect(told(await diff(2, 3))).toEqual(['metadata docs/Report.txt', 'added docs/comes and goes']);
    expect(told(await diff(3, 2))).toEqual(['metadata docs/Report.txt', 'removed docs/comes and goes']);
    expect(await diff(1, 1)).toEqual({ items: [], nextCursor: null });
  });

  test('pages hold each change once, below a path if wanted', async () => {
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: Page<DiffEntry> = await diff(0, 4, `limit=2${cursor && `&cursor=${cursor}`}`);
      seen.push(...told(page));
      cursor = page.nextCursor;
    }
    expect(seen).toEqual(told(await diff(0, 4)));
    expect(told(await diff(0, 4, 'path=photos'))).toEqual(['changed photos/a.JPG', 'added photos/b.jpg']);
    expect(told(await diff(0, 4, 'path=docs/link'))).toEqual(['changed docs/link']);
    expect(told(await diff(2, 3, 'path=docs/comes and goes'.replaceAll(' ', '%20')))).toEqual([
      'added docs/comes and goes',
    ]);
  });
});
