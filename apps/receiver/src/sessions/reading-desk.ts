import type { ReadClaims } from '@periodic-backup/contracts';
import type { Logger } from '@periodic-backup/platform';
import { SessionError, type SessionLimits } from '@periodic-backup/protocol';
import type { PeerSocket } from '../transport/peer-socket.js';
import type { ReceiveBuffers } from '../transport/receive-buffers.js';
import { packError } from './error-on-the-way.js';
import type { PooledWorker } from './pooled-worker.js';
import { ReadingSession } from './reading-session.js';
import { RETRY_AFTER_MS } from './retry-hint.js';
import type { SessionOutcome, SessionWire } from './session-wire.js';
import type { WorkerPool } from './worker-pool.js';

/** Reading is sliced, so that many share a thread; a second one, so that no long slice holds all of them. */
const READING_WORKERS = 2;

export interface ReadingEvents {
  onSentBytes(lengthBytes: number): void;
  onClosed(outcome: SessionOutcome): void;
}

/** Seats sessions that read snapshots: restores, drills and people who browse. They take no place of a backup. */
export class ReadingDesk {
  /** How many each worker serves. */
  readonly #readersOf = new Map<PooledWorker, number>();

  constructor(
    private readonly pool: WorkerPool,
    private readonly buffers: ReceiveBuffers,
    private readonly settings: { readonly maxReaders: number; readonly limits: Partial<SessionLimits> },
    private readonly tell: { readonly events: ReadingEvents; readonly logger: Logger },
  ) {}

  get activeReaders(): number {
    return [...this.#readersOf.values()].reduce((sum, readers) => sum + readers, 0);
  }

  /** Begins a session with this peer. @throws SessionError why there is no place */
  seat(peer: PeerSocket, claims: ReadClaims, rest: Buffer): SessionWire {
    if (this.activeReaders >= this.settings.maxReaders)
      throw new SessionError(
        'BUSY',
        `All ${this.settings.maxReaders} places for readers of this receiver are taken.`,
        { retryAfterMs: RETRY_AFTER_MS },
      );
    const { limits } = this.settings;
    const worker = this.#takeWorker();
    const session = new ReadingSession(claims, peer, this.buffers, limits, this.tell.events.onSentBytes);
    if (!session.wire.isOver) session.open(worker, rest);
    void this.#follow(session, worker);
    return session.wire;
  }

  async #follow(session: ReadingSession, worker: PooledWorker): Promise<void> {
    const { wire, claims } = session;
    const outcome = await wire.closed;
    this.#leaveWorker(worker);
    this.tell.events.onClosed(outcome);
    const { agentFolder, planFolder, snapshot, runId, agentId } = claims;
    this.tell.logger.info(
      {
        ...{ session: wire.id, agentFolder, planFolder, snapshot, runId, agentId },
        outcome: outcome.kind,
        ...(outcome.kind === 'failed' ? packError(outcome.error) : {}),
        sentBytes: session.sentBytes,
        seconds: (performance.now() - wire.startedAtMs) / 1000,
      },
      'reading over',
    );
  }

  /** The one with the fewest readers, or one more. */
  #takeWorker(): PooledWorker {
    const [least] = [...this.#readersOf].sort(([, a], [, b]) => a - b);
    const worker = least && this.#readersOf.size >= READING_WORKERS ? least[0] : this.pool.take();
    this.#readersOf.set(worker, (this.#readersOf.get(worker) ?? 0) + 1);
    return worker;
  }

  #leaveWorker(worker: PooledWorker): void {
    const readers = (this.#readersOf.get(worker) ?? 1) - 1;
    if (readers > 0) return void this.#readersOf.set(worker, readers);
    this.#readersOf.delete(worker);
    this.pool.giveBack(worker);
  }
}
