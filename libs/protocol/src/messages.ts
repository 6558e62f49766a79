import { z } from 'zod';
import { LEAST_CONTENT_WINDOW_BYTES } from './content-window.js';
import { SESSION_ERRORS, SessionError, type SessionErrorCode } from './errors.js';
import { FRAME, FRAME_CAPS, encodeFrame, frameName, type FrameType } from './frame.js';
import type { Owners as SinkOwners } from './snapshot-sink.js';

const names = z.array(z.string().max(64)).max(64);

/** SPEC.md §4. */
export const Hello = z.object({
  ticket: z.string().max(32_768),
  agent: z.string().max(256),
  digest: names.refine((digests) => digests.includes('blake3'), 'must name blake3'),
  capabilities: names,
});
export type Hello = z.infer<typeof Hello>;

/** SPEC.md §4. The receipt's own shape is checked by whoever trusts it. */
export const Welcome = z.object({
  session: z.string().max(256),
  digest: z.literal('blake3'),
  mode: z.enum(['eager', 'join', 'read']),
  previous: z.string().max(256).nullable(),
  entryWindow: z.int().min(1).max(0xffffffff),
  /** Null only where no content follows: in mode read, or with a receipt. */
  contentWindow: z.int().min(LEAST_CONTENT_WINDOW_BYTES).max(Number.MAX_SAFE_INTEGER).nullable(),
  capabilities: names,
  receipt: z.unknown().refine((receipt) => receipt === null || typeof receipt === 'object'),
});
export type Welcome = z.infer<typeof Welcome>;

const idNames = z.record(z.string().regex(/^\d{1,10}$/), z.string().min(1).max(256));

/** SPEC.md §5.4. */
export const OwnersMessage = z.object({ users: idNames, groups: idNames });

/** SPEC.md §6. */
export const Commit = z.object({ entries: z.int().nonnegative(), problems: z.int().nonnegative() });
export type Commit = z.infer<typeof Commit>;

/** SPEC.md §6. */
export const ReceiptMessage = z.object({ receipt: z.looseObject({}) });

const ErrorMessage = z.object({
  code: z.string().max(64),
  message: z.string(),
  retryable: z.boolean(),
  retryAfterMs: z.int().nonnegative().optional(),
});

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** A frame with a JSON payload. */
export function encodeMessage(type: FrameType, message: unknown): Buffer {
  return encodeFrame(type, Buffer.from(JSON.stringify(message)));
}

/** Reads a JSON payload against its schema. @throws SessionError BAD_FRAME */
export function readMessage<T>(type: FrameType, payload: Buffer, schema: z.ZodType<T>): T {
  let value: unknown;
  try {
    value = JSON.parse(utf8.decode(payload));
  } catch (cause) {
    throw new SessionError('BAD_FRAME', `The ${frameName(type)} frame does not hold JSON in UTF-8.`, {
      cause,
    });
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new SessionError(
    'BAD_FRAME',
    `The ${frameName(type)} frame breaks its schema at "${issue?.path.join('.') ?? ''}": ${issue?.message ?? ''}.`,
  );
}

export function encodeWelcome(welcome: Welcome): Buffer {
  return encodeMessage(FRAME.WELCOME, welcome);
}

export function encodeOwners(owners: SinkOwners): Buffer {
  return encodeMessage(FRAME.OWNERS, owners);
}

export function encodeKeepalive(): Buffer {
  return encodeFrame(FRAME.KEEPALIVE);
}

/** At most this many UTF-16 units of a message travel: three bytes each stay below the cap with all members. */
const ERROR_MESSAGE_CHARACTERS = FRAME_CAPS.ERROR / 4;

export function encodeError(error: SessionError): Buffer {
  return encodeMessage(FRAME.ERROR, {
    code: error.code,
    message: printable(error.message),
    retryable: error.retryable,
    ...(error.retryAfterMs === undefined
      ? {}
      : { retryAfterMs: Math.max(0, Math.round(error.retryAfterMs)) }),
  });
}

/** The error that the peer named. A code of a later version becomes INTERNAL and keeps its name in the message. */
export function readError(payload: Buffer): SessionError {
  const { code, message, retryAfterMs } = readMessage(FRAME.ERROR, payload, ErrorMessage);
  const known = Object.hasOwn(SESSION_ERRORS, code);
  return new SessionError(
    known ? (code as SessionErrorCode) : 'INTERNAL',
    known ? printable(message) : printable(`${code}: ${message}`),
    retryAfterMs === undefined ? {} : { retryAfterMs },
  );
}

/** What a peer wrote may end in a log or on a terminal: control characters are replaced. */
function printable(text: string): string {
  return text.slice(0, ERROR_MESSAGE_CHARACTERS).replace(/[\p{C}\u2028\u2029]/gu, '?');
}
