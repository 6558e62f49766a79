export { MAX_NAME_BYTES, MAX_PATH_BYTES, comparePaths, type Entry, type EntryKind } from './entry.js';
export type { Decision, Owners, ReadOutcome, Settled, SnapshotSink } from './snapshot-sink.js';
export { DIGEST_BYTES, DIGEST_NAME, createDigest, digestOf, type Digest } from './digest.js';
export { SESSION_ERRORS, SessionError, type SessionErrorCode } from './errors.js';
