import { FRAME, type FrameType } from './frame.js';

/** `ready`: no snapshot is open; `opening`: asked for; `open`: LIST and FETCH are answered. */
export type ReadServerState = 'ready' | 'opening' | 'open' | 'closed';
export type ReadClientState =
  'idle' | 'greeting' | 'ready' | 'opening' | 'open' | 'receiving-file' | 'done' | 'failed';

type Accepts<State extends string> = Readonly<Record<State, ReadonlySet<FrameType>>>;

const { WELCOME, ERROR, KEEPALIVE, OWNERS, ENTRIES, FILES, FILE_START, DATA, HOLE, FILE_END, BYE } = FRAME;
const { OPEN, OPENED, LIST, LISTED, FETCH } = FRAME;

/** Frames that a server takes from a client that reads; all others are WRONG_ORDER. SPEC.md §8. */
export const READ_SERVER_ACCEPTS: Accepts<ReadServerState> = {
  ready: new Set([OPEN, BYE, KEEPALIVE, ERROR]),
  opening: new Set([BYE, KEEPALIVE, ERROR]),
  open: new Set([OPEN, LIST, FETCH, BYE, KEEPALIVE, ERROR]),
  closed: new Set(),
};

/** Frames that a client that reads takes from a server; all others are WRONG_ORDER. */
export const READ_CLIENT_ACCEPTS: Accepts<ReadClientState> = {
  idle: new Set(),
  greeting: new Set([WELCOME, KEEPALIVE, ERROR]),
  ready: new Set([KEEPALIVE, ERROR]),
  opening: new Set([OWNERS, OPENED, KEEPALIVE, ERROR]),
  open: new Set([ENTRIES, LISTED, FILES, FILE_START, KEEPALIVE, ERROR]),
  'receiving-file': new Set([DATA, HOLE, FILE_END, KEEPALIVE, ERROR]),
  done: new Set(),
  failed: new Set(),
};
