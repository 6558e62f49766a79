import type { SessionError } from '@periodic-backup/protocol';
import type { FromWorker } from './session-messages.js';

/** Sends a message to the main thread; what is in `transfer` is moved there. */
export type Post = (message: FromWorker, transfer?: ArrayBuffer[]) => void;

/** The same bytes in memory of just their size: a message would copy all of the memory that they are a view of. */
export function alone(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes);
}

/** A session as its worker sees it: what the main thread passes on of its peer. */
export interface SessionInWorker {
  /** The bytes are the caller's again on return. */
  receive(bytes: Buffer): void;
  hold(held: boolean): void;
  /** That much of what was sent is on its way; `memory` of it comes back. */
  left(lengthBytes: number, memory: ArrayBuffer | null): void;
  end(): void;
  fail(error: SessionError): void;
}
