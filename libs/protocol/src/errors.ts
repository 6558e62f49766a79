/** Every error that may cross the wire, with whether trying again can help. SPEC.md §7. */
export const SESSION_ERRORS = {
  NOT_OUR_PROTOCOL: false,
  VERSION_UNSUPPORTED: false,
  UNKNOWN_FRAME: false,
  FRAME_TOO_LARGE: false,
  BAD_FRAME: false,
  WRONG_ORDER: false,
  FLOOD: false,
  BAD_PATH: false,
  BAD_PARENT: false,
  BAD_ORDER: false,
  BAD_ENTRY: false,
  COUNT_MISMATCH: false,
  SIZE_MISMATCH: false,
  WINDOW_EXCEEDED: false,
  DIGEST_MISMATCH: true,
  TOO_SLOW: true,
  IDLE: true,
  CONNECTION_LOST: true,
  TICKET_INVALID: false,
  TICKET_EXPIRED: true,
  WRONG_VAULT: false,
  EPOCH_SUPERSEDED: false,
  BUSY: true,
  DRAINING: true,
  STORAGE_FULL: true,
  STORAGE_FAILED: true,
  NOT_FOUND: false,
  DAMAGED: false,
  CANCELLED: false,
  INTERNAL: true,
} as const;

export type SessionErrorCode = keyof typeof SESSION_ERRORS;

/** A session ended with one of the named errors; the message is for a person, the code for a program. */
export class SessionError extends Error {
  override readonly name: string = 'SessionError';
  readonly retryable: boolean;

  constructor(
    readonly code: SessionErrorCode,
    message: string,
    options: { cause?: unknown; retryAfterMs?: number } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.retryable = SESSION_ERRORS[code];
    this.retryAfterMs = options.retryAfterMs;
  }

  /** A hint when to try again, if the other side gave one. */
  readonly retryAfterMs: number | undefined;
}

/** What a server tells its peer of an error: a session error as it is, anything else as a defect. */
export function sessionErrorOf(cause: unknown): SessionError {
  if (cause instanceof SessionError) return cause;
  const message = cause instanceof Error ? cause.message : String(cause);
  return new SessionError('INTERNAL', `The server met a defect: ${message}`, { cause });
}
