import { z } from 'zod';
import { SnapshotName } from './names.js';
import { PathBytes } from './tasks.js';

/** Shapes of REST for looking into snapshots. Paths are bytes: `path` is for people, `pathBytes` (base64) for programs. */

export const EntryKindName = z.enum([
  'file',
  'directory',
  'symlink',
  'hardlink',
  'fifo',
  'socket',
  'character-device',
  'block-device',
]);

export const EntryView = z
  .object({
    /** Relative to the snapshot, as UTF-8; bytes that are not are shown as U+FFFD. Empty: the snapshot itself. */
    path: z.string(),
    pathBytes: PathBytes,
    /** Last part of the path, in the same way. */
    name: z.string(),
    kind: EntryKindName,
    /** Of a file; null for everything else, hard links too: their size is that of what they link to. */
    sizeBytes: z.int().nonnegative().nullable(),
    mtime: z.iso.datetime(),
    /** The same in full: nanoseconds since 1970. */
    mtimeNs: z.string().regex(/^-?\d+$/),
    /** Permission bits. */
    mode: z.int().min(0).max(0o7777),
    uid: z.int(),
    gid: z.int(),
    /** Names of the owners on the source's machine; null if it knew none. */
    user: z.string().nullable(),
    group: z.string().nullable(),
    /** Of a symlink: what it says. Of a hard link: the path of the file's first name. Else null. */
    target: z.string().nullable(),
    targetBytes: PathBytes.nullable(),
    /** BLAKE3 in hex, as `b3sum` prints it; null without content. */
    digest: z.string().nullable(),
    /** unreadable: its content, or what is in the directory, is not in the snapshot. changed: read while written to. */
    problem: z.enum(['unreadable', 'changed']).nullable(),
  })
  .meta({ id: 'Entry' });
export type EntryView = z.infer<typeof EntryView>;

/** One change between two snapshots. `metadata`: the same content, but owner, mode or time differ. */
export const DiffEntry = z
  .object({
    path: z.string(),
    pathBytes: PathBytes,
    change: z.enum(['added', 'removed', 'changed', 'metadata']),
    before: EntryView.nullable(),
    after: EntryView.nullable(),
  })
  .meta({ id: 'DiffEntry' });
export type DiffEntry = z.infer<typeof DiffEntry>;

/** A snapshot by id and name. */
export const SnapshotMark = z
  .object({ id: z.uuid(), snapshot: SnapshotName, committedAt: z.iso.datetime() })
  .meta({ id: 'SnapshotMark' });
export type SnapshotMark = z.infer<typeof SnapshotMark>;

/** A snapshot that could not be looked into, and why: what is said does not cover it. */
export const SkippedSnapshot = SnapshotMark.extend({ reason: z.string() }).meta({ id: 'SkippedSnapshot' });
export type SkippedSnapshot = z.infer<typeof SkippedSnapshot>;

/** What one path was in one or more snapshots that follow each other. */
export const PathVersion = z
  .object({
    entry: EntryView,
    /** Oldest and newest snapshot that hold it like this. */
    from: SnapshotMark,
    to: SnapshotMark,
    snapshots: z.int().positive(),
  })
  .meta({ id: 'PathVersion' });
export type PathVersion = z.infer<typeof PathVersion>;

/** Newest first. A version that goes on over the end of a page is continued on the next one. */
export const PathHistory = z
  .object({
    items: z.array(PathVersion),
    nextCursor: z.string().nullable(),
    skipped: z.array(SkippedSnapshot),
  })
  .meta({ id: 'PathHistory' });
export type PathHistory = z.infer<typeof PathHistory>;

/** A path whose name was searched for, as it is in the newest snapshot that holds it. */
export const SearchHit = z
  .object({
    entry: EntryView,
    /** Oldest and newest of the searched snapshots that hold it, and how many do. */
    first: SnapshotMark,
    last: SnapshotMark,
    snapshots: z.int().positive(),
  })
  .meta({ id: 'SearchHit' });
export type SearchHit = z.infer<typeof SearchHit>;

/** In the order of paths. A page may be empty and still have a next one: it ended because its time was up. */
export const SearchPage = z
  .object({
    items: z.array(SearchHit),
    nextCursor: z.string().nullable(),
    /** How many snapshots were looked into, of how many the plan has. */
    searchedSnapshots: z.int().nonnegative(),
    planSnapshots: z.int().nonnegative(),
    skipped: z.array(SkippedSnapshot),
  })
  .meta({ id: 'SearchPage' });
export type SearchPage = z.infer<typeof SearchPage>;

const MAX_CURSOR_CHARACTERS = 8192;

/** A path of a query: text, or bytes in base64url. Neither: the snapshot itself. */
export const PathQuery = z.object({
  path: z.string().max(4096).optional(),
  pathBytes: z.base64url().max(5500).optional(),
});

const LongCursor = z.string().max(MAX_CURSOR_CHARACTERS).optional();
const Limit = z.coerce.number().int().min(1).max(500).default(50);

export const EntryQuery = PathQuery.extend({
  sort: z.enum(['name', 'size', 'mtime']).default('name'),
  order: z.enum(['asc', 'desc']).default('asc'),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  cursor: LongCursor,
});
export type EntryQuery = z.infer<typeof EntryQuery>;

export const DiffQuery = PathQuery.extend({ limit: Limit, cursor: LongCursor });

export const SearchQuery = z.object({
  /** Part of a name, or a pattern of a whole name with `*`, `?` or `[…]`; capital or small does not matter. */
  name: z.string().min(1).max(255),
  limit: Limit,
  cursor: LongCursor,
  /** How many of the plan's snapshots are searched, newest first. */
  snapshots: z.coerce.number().int().min(1).max(1000).default(100),
});

export const HistoryQuery = PathQuery.extend({ limit: Limit, cursor: LongCursor });

export const ContentQuery = z.object({
  /** Once for a file; for an archive any number. */
  path: z
    .union([z.string().max(4096), z.array(z.string().max(4096)).max(1000)])
    .optional()
    .transform((paths) => (paths === undefined ? [] : [paths].flat()))
    .pipe(z.array(z.string())),
  pathBytes: z
    .union([z.base64url().max(5500), z.array(z.base64url().max(5500)).max(1000)])
    .optional()
    .transform((paths) => (paths === undefined ? [] : [paths].flat()))
    .pipe(z.array(z.string())),
  /** For directories tar unless told; a file comes as it is unless told. */
  format: z.enum(['tar', 'zip']).optional(),
});
