import { DiffEntry, EntryView, PathVersion, SearchHit } from '@periodic-backup/contracts';
import { formatBytes } from '@periodic-backup/terminal';
import { answer, type CommandContext } from '../command-context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { findPlan } from '../naming/find-plan.js';
import { findSnapshot } from '../naming/find-snapshot.js';
import { pathQuery } from '../naming/path-in-snapshot.js';
import { localTime } from '../output/ages.js';
import { entryTable } from '../output/entry-lines.js';
import { shown, table } from '../output/table.js';

const BATCH = 500;

/** `pbk ls SNAPSHOT [PATH]`: a directory, in batches so that a huge one needs no memory. */
export async function listDirectory(
  context: CommandContext,
  snapshot: string,
  path: string,
): Promise<ExitCode> {
  const { id } = await findSnapshot(context.api, snapshot);
  const entries = context.api.pages(EntryView, `/snapshots/${id}/entries?limit=1000&${pathQuery(path)}`);
  await inBatches(context, entries, (batch) => entryTable(batch, ({ name }) => name));
  return EXIT.ok;
}

/** `pbk find PLAN NAME`: where a name is, in any snapshot of the plan. */
export async function findName(context: CommandContext, plan: string, name: string): Promise<ExitCode> {
  const { id } = await findPlan(context.api, plan);
  const hits = context.api.pages(SearchHit, `/plans/${id}/search?limit=200&name=${encodeURIComponent(name)}`);
  const found = await inBatches(context, hits, (batch) =>
    table(
      ['PATH', 'SIZE', 'CHANGED', 'SNAPSHOTS'],
      batch.map(({ entry, first, last, snapshots }) => [
        shown(entry.path),
        entry.sizeBytes === null ? entry.kind : formatBytes(entry.sizeBytes),
        localTime(entry.mtime),
        snapshots === 1 ? last.snapshot : `${snapshots}: ${first.snapshot} … ${last.snapshot}`,
      ]),
    ),
  );
  return found > 0 ? EXIT.ok : EXIT.failed;
}

/** `pbk history PLAN PATH`: the versions of one path, newest first. */
export async function showHistory(context: CommandContext, plan: string, path: string): Promise<ExitCode> {
  const { id } = await findPlan(context.api, plan);
  const versions = context.api.pages(PathVersion, `/plans/${id}/history?limit=200&${pathQuery(path)}`);
  const found = await inBatches(context, versions, (batch) =>
    table(
      ['CHANGED', 'SIZE', 'FROM', 'TO', 'SNAPSHOTS', 'BLAKE3'],
      batch.map(({ entry, from, to, snapshots }) => [
        localTime(entry.mtime),
        entry.sizeBytes === null ? entry.kind : formatBytes(entry.sizeBytes),
        from.snapshot,
        to.snapshot,
        String(snapshots),
        entry.digest?.slice(0, 16) ?? '',
      ]),
    ),
  );
  return found > 0 ? EXIT.ok : EXIT.failed;
}

const SIGNS = { added: '+', removed: '-', changed: '~', metadata: 'm' } as const;

/** `pbk diff A B`: what changed between two snapshots, as lines that a script can read too. */
export async function diffSnapshots(
  context: CommandContext,
  before: string,
  after: string,
): Promise<ExitCode> {
  const [a, b] = [await findSnapshot(context.api, before), await findSnapshot(context.api, after)];
  const changes = context.api.pages(DiffEntry, `/snapshots/${a.id}/diff/${b.id}?limit=500`);
  await inBatches(context, changes, (batch) =>
    batch.map(({ change, path }) => `${SIGNS[change]} ${shown(path)}`).join('\n'),
  );
  return EXIT.ok;
}

/** Writes items as they come: words per batch, or one JSON line each. Resolves with how many there were. */
async function inBatches<T>(
  context: CommandContext,
  items: AsyncIterable<T>,
  words: (batch: T[]) => string,
): Promise<number> {
  let batch: T[] = [];
  let count = 0;
  const flush = (): void => {
    if (batch.length > 0) context.out.write(`${words(batch)}\n`);
    batch = [];
  };
  for await (const item of items) {
    context.signal.throwIfAborted();
    count++;
    if (context.json) context.out.write(`${JSON.stringify(item)}\n`);
    else if (batch.push(item) >= BATCH) flush();
  }
  flush();
  if (count === 0 && !context.json) answer(context, null, () => 'Nothing.');
  return count;
}
