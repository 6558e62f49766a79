import { z } from 'zod';
import { RunState } from './run.js';

/** Redis pub/sub channel of what screens show. May lose messages; never truth. */
export const LIVE_CHANNEL = 'pbk:live';

export const RunProgress = z.object({
  type: z.literal('progress'),
  runId: z.uuid(),
  planId: z.uuid(),
  filesDone: z.int().nonnegative(),
  bytesDone: z.int().nonnegative(),
  /** Known once the walk is ahead or done; null before. */
  filesTotal: z.int().nonnegative().nullable(),
  bytesTotal: z.int().nonnegative().nullable(),
  bytesPerSecond: z.number().nonnegative(),
  secondsLeft: z.number().nonnegative().nullable(),
  currentPath: z.string().nullable(),
});
export type RunProgress = z.infer<typeof RunProgress>;

export const RunChanged = z.object({
  type: z.literal('run'),
  runId: z.uuid(),
  planId: z.uuid(),
  state: RunState,
  reason: z.string().nullable(),
});
export type RunChanged = z.infer<typeof RunChanged>;

export const LiveEvent = z.discriminatedUnion('type', [RunProgress, RunChanged]);
export type LiveEvent = z.infer<typeof LiveEvent>;
