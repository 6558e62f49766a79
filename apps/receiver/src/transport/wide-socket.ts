import { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

/** Where received bytes go. */
export interface Intake {
  /** A buffer for the next read. */
  nextBuffer(): Buffer;
  /** `lengthBytes` arrived at the start of `buffer`, which is the taker's from now on. */
  take(buffer: Buffer, lengthBytes: number): void;
  /** The connection is closed; nothing arrived in the last buffer asked for. */
  unused(buffer: Buffer): void;
}

interface WithHandle {
  _handle: object | null;
}

/**
 * Reads an accepted connection into large buffers of our own, so that a read brings up to 1 MiB instead of 64 KiB
 * and nothing is copied on this side. Node offers this (`onread`) for outgoing sockets only: the accepted handle
 * is moved into a new socket. Where there is no handle to move (another runtime, TLS) the ordinary path copies.
 * `accepted` comes from a server with `pauseOnConnect` and is not to be used afterwards.
 */
export function receiveWidely(accepted: Socket, intake: Intake): Socket {
  const handle = (accepted as unknown as WithHandle)._handle;
  if (!handle || accepted instanceof TLSSocket) return receiveOrdinarily(accepted, intake);
  (accepted as unknown as WithHandle)._handle = null;
  // Without its handle it closes nothing; the server stops counting it.
  accepted.destroy();
  let waiting: Buffer | null = null;
  const options = {
    handle,
    onread: {
      buffer: () => (waiting = intake.nextBuffer()),
      callback: (lengthBytes: number, buffer: Uint8Array): boolean => {
        waiting = null;
        intake.take(buffer as Buffer, lengthBytes);
        return true;
      },
    },
  };
  const socket = new Socket(options as ConstructorParameters<typeof Socket>[0]);
  socket.once('close', () => {
    if (waiting) intake.unused(waiting);
  });
  return socket;
}

/** The same with the 'data' event: 64 KiB at a time and one copy. */
export function receiveOrdinarily(accepted: Socket, intake: Intake): Socket {
  accepted.on('data', (chunk: Buffer) => {
    for (let at = 0; at < chunk.length;) {
      const buffer = intake.nextBuffer();
      const copied = chunk.copy(buffer, 0, at);
      intake.take(buffer, copied);
      at += copied;
    }
  });
  return accepted;
}
