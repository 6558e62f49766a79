import { z } from 'zod';
import { MAX_PATH_BYTES } from './entry.js';
import { FRAME } from './frame.js';
import { encodeMessage, encodeWelcome, type Hello } from './messages.js';
import { DIGEST_NAME } from './digest.js';
import { SessionError } from './errors.js';
import type { Owners } from './snapshot-sink.js';

/** The capability that both sides of a reading session name. SPEC.md §8. */
export const RESTORE_CAPABILITY = 'restore';

/** FETCH items that may be unanswered. SPEC.md §8. */
export const MAX_FETCH_WINDOW = 8_192;

/** Entries that one LIST may ask for. */
export const MAX_LIST_ENTRIES = 1_000_000;

/** At most this much of a snapshot name travels. */
const MAX_SNAPSHOT_CHARACTERS = 256;
/** An OWNERS frame is closed before it can reach its cap. */
const OWNERS_FULL_BYTES = 60_000;

const pathBytes = z
  .base64()
  .max(Math.ceil(MAX_PATH_BYTES / 3) * 4)
  .transform((text): Buffer => Buffer.from(text, 'base64'));

/** SPEC.md §8. */
export const Open = z.object({ snapshot: z.string().min(1).max(MAX_SNAPSHOT_CHARACTERS) });

/** SPEC.md §8. The receipt's own shape is checked by whoever trusts it. */
export const Opened = z.object({ receipt: z.looseObject({}) });

/** SPEC.md §8. */
export const List = z.object({
  below: pathBytes.nullable(),
  from: pathBytes.nullable(),
  depth: z.enum(['children', 'all']),
  limit: z.int().min(1).max(MAX_LIST_ENTRIES),
});
export type List = z.infer<typeof List>;

/** SPEC.md §8. */
export const Listed = z.object({ more: z.boolean() });

export function encodeList({ below, from, depth, limit }: List): Buffer {
  return encodeMessage(FRAME.LIST, { below: textOf(below), from: textOf(from), depth, limit });
}

/** The WELCOME of a session that reads. @param session names it in errors and logs */
export function encodeReadWelcome(session: string, fetchWindow = MAX_FETCH_WINDOW): Buffer {
  return encodeWelcome({
    session,
    digest: DIGEST_NAME,
    mode: 'read',
    previous: null,
    entryWindow: fetchWindow,
    contentWindow: null,
    capabilities: [RESTORE_CAPABILITY],
    receipt: null,
  });
}

/** Checks a HELLO whose ticket is one to read. @throws SessionError WRONG_ORDER if the client does not know how */
export function checkReadHello(hello: Hello): void {
  if (!hello.capabilities.includes(RESTORE_CAPABILITY))
    throw new SessionError('WRONG_ORDER', 'The client shows a ticket to read but does not know how to.');
}

/** The answer to an OPEN, behind the OWNERS. */
export function encodeOpened(receipt: unknown): Buffer {
  return encodeMessage(FRAME.OPENED, { receipt });
}

export function encodeOpen(snapshot: string): Buffer {
  return encodeMessage(FRAME.OPEN, { snapshot });
}

export function encodeListed(more: boolean): Buffer {
  return encodeMessage(FRAME.LISTED, { more });
}

/** OWNERS frames that together hold all names; none if there are none. */
export function* encodeAllOwners({ users, groups }: Owners): Iterable<Buffer> {
  let part = { users: {} as Record<string, string>, groups: {} as Record<string, string> };
  let bytes = 0;
  const kinds = [
    ['users', users],
    ['groups', groups],
  ] as const;
  for (const [kind, names] of kinds) {
    for (const [id, name] of Object.entries(names)) {
      part[kind][id] = name;
      bytes += Buffer.byteLength(JSON.stringify([id, name]));
      if (bytes < OWNERS_FULL_BYTES) continue;
      yield encodeMessage(FRAME.OWNERS, part);
      part = { users: {}, groups: {} };
      bytes = 0;
    }
  }
  if (bytes > 0) yield encodeMessage(FRAME.OWNERS, part);
}

function textOf(path: Buffer | null): string | null {
  return path === null ? null : path.toString('base64');
}
