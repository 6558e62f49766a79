import { z } from 'zod';
import { EntryKindName, PathQuery } from './browse.js';
import { PlanFields } from './plan.js';
import { PathBytes } from './tasks.js';

/** Shapes of REST for looking at a machine through its agent, now: what a form shows before a plan is saved. */

/** What plans and restores may use a directory for, as the agent's own settings say. */
export const DirectoryUse = z.enum(['source', 'backup', 'restore']);
export type DirectoryUse = z.infer<typeof DirectoryUse>;

export const DirectoryItem = z
  .object({
    /** Last part of the path, as UTF-8; bytes that are not are shown as U+FFFD. Of a root: the whole path. */
    name: z.string(),
    path: z.string(),
    pathBytes: PathBytes,
    /** False: the name is not UTF-8, so no plan can name it as its source. */
    isText: z.boolean(),
    /** Null: it could not be looked at. */
    kind: EntryKindName.nullable(),
    /** Of a file. */
    sizeBytes: z.int().nonnegative().nullable(),
    mtime: z.iso.datetime().nullable(),
    /** The agent may read it (and enter it). */
    readable: z.boolean(),
    uses: z.array(DirectoryUse),
    /** Which of the excludes asked with would leave it out, counted from 0. */
    excludedBy: z.int().nonnegative().nullable(),
  })
  .meta({ id: 'DirectoryItem' });
export type DirectoryItem = z.infer<typeof DirectoryItem>;

/** `GET /api/v1/agents/{agentId}/directories`. Directories first, then the rest, both in byte order. */
export const DirectoryListing = z
  .object({
    /** Null: the directories that the agent may use at all. */
    path: z.string().nullable(),
    pathBytes: PathBytes.nullable(),
    /** Where it really lies, if links led there. */
    realPath: z.string().nullable(),
    /** Null at the top: the allowed directories are above. */
    parent: z.string().nullable(),
    uses: z.array(DirectoryUse),
    items: z.array(DirectoryItem),
    nextCursor: z.string().nullable(),
    /** Of the whole directory. */
    total: z.int().nonnegative(),
  })
  .meta({ id: 'DirectoryListing' });
export type DirectoryListing = z.infer<typeof DirectoryListing>;

const oneOrMore = z
  .union([z.string().max(1000), z.array(z.string().max(1000)).max(1000)])
  .optional()
  .transform((values) => (values === undefined ? [] : [values].flat()));

/** No path: the allowed directories. With `sourceDir` and `exclude` each item says which rule leaves it out. */
export const DirectoryQuery = PathQuery.extend({
  limit: z.coerce.number().int().min(1).max(1000).default(1000),
  cursor: z.string().max(1024).optional(),
  /** Only directories. */
  only: z.literal('directories').optional(),
  sourceDir: z.string().max(4096).optional(),
  /** Repeatable, in order. */
  exclude: oneOrMore,
});
export type DirectoryQuery = z.infer<typeof DirectoryQuery>;

const looked = {
  sourceDir: PlanFields.shape.sourceDir,
  excludes: PlanFields.shape.excludes.default([]),
};

/** `POST /api/v1/agents/{agentId}/estimate` */
export const EstimateRequest = z
  .object({
    ...looked,
    /** Answers after this time with what was seen until then. */
    budgetMs: z.int().min(100).max(30_000).default(5000),
    /** How many paths of either kind are shown. */
    samples: z.int().min(0).max(500).default(50),
    /** With it: what a run of this plan would send now, compared with its newest snapshot. */
    planId: z.uuid().optional(),
  })
  .strict()
  .meta({ id: 'EstimateRequest' });
export type EstimateRequest = z.infer<typeof EstimateRequest>;

const figure = z.int().nonnegative();

export const SamplePath = z
  .object({
    /** Relative to the source. */
    path: z.string(),
    pathBytes: PathBytes,
    kind: EntryKindName,
    sizeBytes: figure.nullable(),
  })
  .meta({ id: 'SamplePath' });
export type SamplePath = z.infer<typeof SamplePath>;

/** What one exclude leaves out: it was the last that matched. */
export const ExcludedByRule = z
  .object({
    /** In the excludes asked with, from 0. */
    index: z.int().nonnegative(),
    rule: z.string(),
    /** Paths that it names; what lies below an excluded directory is not asked. */
    paths: figure,
    /** With what lies below. */
    files: figure,
    bytes: figure,
    samples: z.array(SamplePath).max(10),
  })
  .meta({ id: 'ExcludedByRule' });
export type ExcludedByRule = z.infer<typeof ExcludedByRule>;

/** What a run would take, found by the walk and the excludes of the backup itself. */
export const Estimate = z
  .object({
    /** False: the time was up; all figures are those of what was seen until then. */
    complete: z.boolean(),
    elapsedMs: z.number().nonnegative(),
    realPath: z.string(),
    files: figure,
    bytes: figure,
    directories: figure,
    /** Symbolic and hard links, devices, sockets. */
    others: figure,
    excluded: z.object({
      paths: figure,
      files: figure,
      bytes: figure,
      /** False: not all that lies below excluded directories was counted. */
      complete: z.boolean(),
      /** One for each exclude, in order; one without paths leaves nothing out. */
      rules: z.array(ExcludedByRule),
    }),
    /** Files and directories that the agent may not read: a run would be partial. */
    unreadable: z.object({
      count: figure,
      samples: z.array(z.object({ path: z.string(), code: z.string(), message: z.string() })).max(50),
    }),
    /** Of the included files, drawn from all over the source. */
    samples: z.array(SamplePath),
    largest: z.array(SamplePath).max(10),
    /** What is new or changed against the plan's newest snapshot; null: not asked, or it cannot be said. */
    toSend: z
      .object({ files: figure, bytes: figure, snapshot: z.string().nullable(), complete: z.boolean() })
      .nullable(),
  })
  .meta({ id: 'Estimate' });
export type Estimate = z.infer<typeof Estimate>;

/** `POST /api/v1/agents/{agentId}/check`: what is left out is not judged. */
export const DirectoryCheckRequest = z
  .object({
    sourceDir: PlanFields.shape.sourceDir.optional(),
    afterTransmit: PlanFields.shape.afterTransmit.optional(),
    backupDir: PlanFields.shape.backupDir.optional(),
    /** Where a restore would go. */
    destination: PlanFields.shape.sourceDir.optional(),
  })
  .strict()
  .meta({ id: 'DirectoryCheckRequest' });
export type DirectoryCheckRequest = z.infer<typeof DirectoryCheckRequest>;

/** The agent's own checks, in words at fields; none: a run would begin. */
export const DirectoryCheck = z
  .object({
    problems: z.array(z.object({ path: z.string(), message: z.string() })),
    /** Real paths of those that are well. */
    realPaths: z.object({
      sourceDir: z.string().nullable(),
      backupDir: z.string().nullable(),
      destination: z.string().nullable(),
    }),
  })
  .meta({ id: 'DirectoryCheck' });
export type DirectoryCheck = z.infer<typeof DirectoryCheck>;
