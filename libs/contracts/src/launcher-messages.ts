import { z } from 'zod';
import { ReceiverStart } from './surroundings.js';

/**
 * What the admin API and the launcher that started it say to each other over their IPC channel: only a launcher can start
 * processes, and only its own child can ask.
 */
export const LauncherRequest = z.object({
  type: z.literal('launcher-request'),
  id: z.int(),
  wish: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('describe') }),
    /** May it be started so? Nothing is done yet: it needs credentials first. */
    z.object({ kind: z.literal('prepare-receiver'), start: ReceiverStart }),
    /** By the id of `prepared`. */
    z.object({ kind: z.literal('start-receiver'), receiverId: z.string(), start: ReceiverStart }),
    z.object({ kind: z.literal('stop-receiver'), receiverId: z.string() }),
  ]),
});
export type LauncherRequest = z.infer<typeof LauncherRequest>;
export type LauncherWish = LauncherRequest['wish'];

/** What the launcher runs. */
export const LauncherState = z.object({
  agentId: z.string(),
  receiverId: z.string(),
  dataDir: z.string(),
  targetDir: z.string(),
  /** Free a moment ago. */
  nextReceiverPort: z.int(),
  /** Receivers started beside its own, those that do not run now too. */
  furtherReceivers: z.array(z.object({ receiverId: z.string(), targetDir: z.string() })),
});
export type LauncherState = z.infer<typeof LauncherState>;

export const LauncherAnswer = z.object({
  type: z.literal('launcher-answer'),
  id: z.int(),
  answer: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('state'), state: LauncherState }),
    z.object({ kind: z.literal('prepared'), receiverId: z.string(), credentialsDir: z.string() }),
    z.object({ kind: z.literal('started'), receiverId: z.string() }),
    z.object({ kind: z.literal('stopped'), targetDir: z.string() }),
    /** There is no such receiver among those that were started beside its own. */
    z.object({ kind: z.literal('unknown') }),
    /** What stands in the way, at the fields of `ReceiverStart`. */
    z.object({
      kind: z.literal('refused'),
      problems: z.array(z.object({ path: z.string(), message: z.string() })),
    }),
    z.object({ kind: z.literal('failed'), message: z.string() }),
  ]),
});
export type LauncherAnswer = z.infer<typeof LauncherAnswer>;
export type LauncherReply = LauncherAnswer['answer'];
