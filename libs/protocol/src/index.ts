export { ByteBucket } from './byte-bucket.js';
export { MAX_NAME_BYTES, MAX_PATH_BYTES, comparePaths, type Entry, type EntryKind } from './entry.js';
export type { Decision, Owners, ReadOutcome, Settled, SnapshotSink } from './snapshot-sink.js';
export type { OpenSnapshot, SnapshotRange, SnapshotSource } from './snapshot-source.js';
export { DIGEST_BYTES, DIGEST_NAME, createDigest, digestOf, type Digest } from './digest.js';
export { SESSION_ERRORS, SessionError, type SessionErrorCode } from './errors.js';

export { FRAME, FRAME_CAPS, FRAME_HEADER_BYTES, encodeFrame, frameName, type FrameType } from './frame.js';
export { FrameDecoder, type FrameHandlers } from './frame-decoder.js';
export { PREAMBLE_BYTES, PROTOCOL_VERSION, encodePreamble } from './preamble.js';
export { Hello, Welcome, encodeError, encodeKeepalive, encodeWelcome, type Commit } from './messages.js';
export { ENTRY_MAX_BYTES, decodeEntries, decodeEntry, encodeEntry } from './entry-codec.js';
export { EntriesBatch } from './entries-batch.js';
export { EntryOrder, checkPath } from './entry-order.js';
export { FilesBatch } from './files-batch.js';
export { FILES_ITEM_BYTES, MAX_SMALL_FILE_BYTES, decodeFiles } from './files-frame.js';
export { writeDataHeader } from './file-frames.js';
export { decodeWant, encodeWant, type WantItem } from './want-frame.js';
export {
  DEFAULT_ENTRY_WINDOW,
  READ_SESSION_LIMITS,
  SESSION_LIMITS,
  type SessionLimits,
} from './session-limits.js';
export { DEFAULT_CONTENT_WINDOW_BYTES, LEAST_CONTENT_WINDOW_BYTES } from './content-window.js';
export { BackupClientSession, type ClientSessionHandlers } from './client-session.js';
export { ServerHandshake } from './server-handshake.js';
export { BackupServerSession, type ServerSessionOptions } from './server-session.js';
export {
  MAX_FETCH_WINDOW,
  MAX_LIST_ENTRIES,
  RESTORE_CAPABILITY,
  checkReadHello,
  encodeReadWelcome,
  type List,
} from './read-messages.js';
export { ReadServerSession, type ReadServerOptions } from './read-server-session.js';
export { ReadClientSession, type ReadClientHandlers } from './read-client-session.js';
export type { ReadClientState, ReadServerState } from './read-order.js';
export type { ClientSessionState, ServerSessionState } from './frame-order.js';
