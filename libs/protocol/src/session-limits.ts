/** What a server bears from one peer. SPEC.md §3. */
export interface SessionLimits {
  /** Something must arrive this often: IDLE. */
  readonly idleMs: number;
  /** A frame must be complete this long after its first byte, and longer by its length at the least rate: TOO_SLOW. */
  readonly frameGraceMs: number;
  readonly minBytesPerSecond: number;
  /** A side that has sent nothing for this long sends KEEPALIVE. */
  readonly keepaliveAfterMs: number;
  /** More KEEPALIVE in a minute: FLOOD. */
  readonly keepalivesPerMinute: number;
  /** More empty ENTRIES, OWNERS, FILES, DATA or HOLE in a session: FLOOD. */
  readonly emptyFrames: number;
  /** More DATA or HOLE below 512 bytes in one file: FLOOD. */
  readonly tinyFramesPerFile: number;
  /** More bytes of OWNERS in a session: FLOOD. */
  readonly ownerBytes: number;
  /** After the receipt the server waits this long for BYE, then closes. */
  readonly byeMs: number;
}

export const SESSION_LIMITS: SessionLimits = {
  idleMs: 60_000,
  frameGraceMs: 30_000,
  minBytesPerSecond: 4_096,
  keepaliveAfterMs: 5_000,
  keepalivesPerMinute: 600,
  emptyFrames: 10_000,
  tinyFramesPerFile: 10_000,
  ownerBytes: 8 * 1024 * 1024,
  byeMs: 10_000,
};

/** A session that reads: its client thinks, waits for a person or writes meanwhile. SPEC.md §8. */
export const READ_SESSION_LIMITS: SessionLimits = { ...SESSION_LIMITS, idleMs: 600_000 };

/** Entries that may be undecided or still owed content, unless the server says otherwise in WELCOME. */
export const DEFAULT_ENTRY_WINDOW = 16_384;
