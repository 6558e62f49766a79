import { SessionError } from '@periodic-backup/protocol';
import type { ErrorOnTheWay } from './session-messages.js';

/** Any failure as plain data; what is no SessionError is a defect. */
export function packError(cause: unknown): ErrorOnTheWay {
  if (cause instanceof SessionError)
    return {
      code: cause.code,
      message: cause.message,
      ...(cause.retryAfterMs === undefined ? {} : { retryAfterMs: cause.retryAfterMs }),
    };
  return { code: 'INTERNAL', message: cause instanceof Error ? cause.message : String(cause) };
}

export function unpackError({ code, message, retryAfterMs }: ErrorOnTheWay): SessionError {
  return new SessionError(code, message, retryAfterMs === undefined ? {} : { retryAfterMs });
}
