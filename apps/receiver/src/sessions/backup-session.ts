import type { Receipt, TicketClaims } from '@periodic-backup/contracts';
import {
  DEFAULT_ENTRY_WINDOW,
  DIGEST_NAME,
  encodeError,
  encodeWelcome,
  type SessionError,
  type SessionLimits,
} from '@periodic-backup/protocol';
import type { PacedReader } from '../transport/intake-pace.js';
import type { PeerSocket } from '../transport/peer-socket.js';
import type { ReceiveBuffers } from '../transport/receive-buffers.js';
import { unpackError } from './error-on-the-way.js';
import type { PooledWorker, WorkerListener } from './pooled-worker.js';
import type { FromWorker } from './session-messages.js';
import { SessionWire } from './session-wire.js';

export interface BackupEvents {
  onReceivedBytes(lengthBytes: number, session: PacedReader): void;
  onCommitted(receipt: Receipt, claims: TicketClaims, seconds: number): void;
}

export interface BackupSettings {
  /** Bytes of content on their way at first; it grows. SPEC.md §5.5. */
  readonly contentWindow: number;
  readonly limits: Partial<SessionLimits>;
}

/** The main thread's side of a backup. */
export class BackupSession implements PacedReader, WorkerListener {
  readonly wire: SessionWire;
  #committed = false;

  constructor(
    readonly claims: TicketClaims,
    private readonly peer: PeerSocket,
    buffers: ReceiveBuffers,
    private readonly settings: BackupSettings,
    private readonly events: BackupEvents,
  ) {
    this.wire = new SessionWire(peer, buffers, (lengthBytes) => events.onReceivedBytes(lengthBytes, this));
  }

  open(worker: PooledWorker, rest: Buffer): void {
    const { planId, agentId, runId, epoch, accumulate, agentFolder, planFolder } = this.claims;
    const request = { planId, agentId, runId, epoch, accumulate, agentFolder, planFolder, now: new Date() };
    const session = this.wire.number;
    const windows = { entryWindow: DEFAULT_ENTRY_WINDOW, contentWindow: this.settings.contentWindow };
    const message = { type: 'open', session, request, ...windows, limits: this.settings.limits } as const;
    this.wire.open(worker, this, message, rest);
  }

  /** The peer is not to blame for the time until {@link releaseForPace}. */
  holdForPace(): void {
    this.peer.hold('pace');
    this.wire.post({ type: 'held', session: this.wire.number, held: true });
  }

  releaseForPace(): void {
    this.wire.post({ type: 'held', session: this.wire.number, held: false });
    this.peer.release('pace');
  }

  onGone(error: SessionError): void {
    this.wire.abandon(error);
  }

  onMessage(message: FromWorker): void {
    switch (message.type) {
      case 'consumed':
        return this.wire.consumed();
      case 'opened':
        this.peer.write(this.#welcome(message.eager ? 'eager' : 'join', message.previous, null));
        return this.peer.release('opening');
      case 'repeated':
        return this.wire.end({ kind: 'repeated' }, this.#welcome('join', null, message.receipt));
      case 'refused': {
        const error = unpackError(message.error);
        return this.wire.end({ kind: 'failed', error }, encodeError(error));
      }
      case 'send':
        return this.peer.write(message.bytes);
      case 'committed':
        this.#committed = true;
        return this.events.onCommitted(message.receipt, this.claims, message.seconds);
      case 'closed':
        return this.wire.end(
          this.#committed || !message.error
            ? { kind: 'committed' }
            : { kind: 'failed', error: unpackError(message.error) },
        );
      default:
    }
  }

  #welcome(mode: 'eager' | 'join', previous: string | null, receipt: Receipt | null): Buffer {
    return encodeWelcome({
      session: this.wire.id,
      digest: DIGEST_NAME,
      mode,
      previous,
      entryWindow: DEFAULT_ENTRY_WINDOW,
      contentWindow: this.settings.contentWindow,
      capabilities: [],
      receipt,
    });
  }
}
