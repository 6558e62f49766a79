import type { ReadClaims } from '@periodic-backup/contracts';
import { SessionError, encodeError, encodeReadWelcome, type SessionLimits } from '@periodic-backup/protocol';
import type { PeerSocket } from '../transport/peer-socket.js';
import type { ReceiveBuffers } from '../transport/receive-buffers.js';
import { unpackError } from './error-on-the-way.js';
import type { PooledWorker, WorkerListener } from './pooled-worker.js';
import { MOVED_FRAME_BYTES, type FromWorker } from './session-messages.js';
import { SessionWire } from './session-wire.js';

/** The main thread's side of a session that reads: what a worker produces goes to the peer, and is acknowledged. */
export class ReadingSession implements WorkerListener {
  readonly wire: SessionWire;
  sentBytes = 0;

  constructor(
    readonly claims: ReadClaims,
    private readonly peer: PeerSocket,
    buffers: ReceiveBuffers,
    private readonly limits: Partial<SessionLimits>,
    private readonly onSentBytes: (lengthBytes: number) => void,
  ) {
    this.wire = new SessionWire(peer, buffers, () => undefined);
  }

  open(worker: PooledWorker, rest: Buffer): void {
    const { agentFolder, planFolder, snapshot } = this.claims;
    const place = { agentFolder, planFolder };
    const { limits } = this;
    const session = this.wire.number;
    this.wire.open(worker, this, { type: 'open-reading', session, place, snapshot, limits }, rest);
  }

  onGone(error: SessionError): void {
    this.wire.abandon(error);
  }

  onMessage(message: FromWorker): void {
    switch (message.type) {
      case 'consumed':
        return this.wire.consumed();
      case 'reading':
        this.peer.write(encodeReadWelcome(this.wire.id));
        return this.peer.release('opening');
      case 'refused': {
        const error = unpackError(message.error);
        return this.wire.end({ kind: 'failed', error }, encodeError(error));
      }
      case 'send':
        return this.#send(message.bytes);
      case 'closed':
        return this.wire.end(
          message.error ? { kind: 'failed', error: unpackError(message.error) } : { kind: 'read' },
        );
      default:
    }
  }

  /** The worker bounds what is unsent: it hears when the peer has taken something. */
  #send(bytes: Uint8Array): void {
    const { length } = bytes;
    this.sentBytes += length;
    this.onSentBytes(length);
    this.peer.writeUncounted(bytes, () => {
      const memory = length >= MOVED_FRAME_BYTES ? (bytes.buffer as ArrayBuffer) : null;
      this.wire.post(
        { type: 'left', session: this.wire.number, lengthBytes: length, memory },
        memory ? [memory] : [],
      );
    });
  }
}
