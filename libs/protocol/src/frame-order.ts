import { FRAME, type FrameType } from './frame.js';

export type ServerSessionState = 'streaming' | 'receiving-file' | 'committing' | 'done' | 'closed';
export type ClientSessionState = 'idle' | 'greeting' | 'streaming' | 'committing' | 'done' | 'failed';

type Accepts<State extends string> = Readonly<Record<State, ReadonlySet<FrameType>>>;

const { WELCOME, ERROR, KEEPALIVE, OWNERS, ENTRIES, WANT, FILES, FILE_START, DATA, HOLE, FILE_END } = FRAME;
const { STAGED, COMMIT, RECEIPT, BYE } = FRAME;

/** Frames that a server takes from a client; all others are WRONG_ORDER. SPEC.md §3. */
export const SERVER_ACCEPTS: Accepts<ServerSessionState> = {
  streaming: new Set([OWNERS, ENTRIES, FILES, FILE_START, COMMIT, KEEPALIVE, ERROR]),
  'receiving-file': new Set([DATA, HOLE, FILE_END, KEEPALIVE, ERROR]),
  committing: new Set([KEEPALIVE, ERROR]),
  done: new Set([BYE, KEEPALIVE, ERROR]),
  closed: new Set(),
};

/** Frames that a client takes from a server; all others are WRONG_ORDER. */
export const CLIENT_ACCEPTS: Accepts<ClientSessionState> = {
  idle: new Set(),
  greeting: new Set([WELCOME, KEEPALIVE, ERROR]),
  streaming: new Set([WANT, STAGED, KEEPALIVE, ERROR]),
  committing: new Set([WANT, STAGED, RECEIPT, KEEPALIVE, ERROR]),
  done: new Set([KEEPALIVE, ERROR]),
  failed: new Set(),
};
