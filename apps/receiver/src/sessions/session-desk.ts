import type { TicketClaims } from '@periodic-backup/contracts';
import type { Logger } from '@periodic-backup/platform';
import { SessionError } from '@periodic-backup/protocol';
import type { PeerSocket } from '../transport/peer-socket.js';
import type { ReceiveBuffers } from '../transport/receive-buffers.js';
import { BackupSession, type BackupEvents, type BackupSettings } from './backup-session.js';
import { packError } from './error-on-the-way.js';
import { RETRY_AFTER_MS } from './retry-hint.js';
import type { SessionOutcome, SessionWire } from './session-wire.js';
import type { WorkerPool } from './worker-pool.js';

export interface DeskEvents extends BackupEvents {
  onClosed(outcome: SessionOutcome): void;
}

export interface DeskSettings extends BackupSettings {
  maxClients: number;
}

/**
 * Seats backups. A plan has one session here: a newer attempt takes the place of the older one, once that has let go,
 * so that an agent whose connection broke is not told BUSY because of itself.
 */
export class SessionDesk {
  readonly #byPlan = new Map<string, BackupSession>();

  constructor(
    private readonly pool: WorkerPool,
    private readonly buffers: ReceiveBuffers,
    private readonly settings: DeskSettings,
    private readonly tell: { readonly events: DeskEvents; readonly logger: Logger },
  ) {}

  get activeSessions(): number {
    return this.#byPlan.size;
  }

  get maxClients(): number {
    return this.settings.maxClients;
  }

  /** Holds from the next admission on; sessions beyond it finish. */
  set maxClients(sessions: number) {
    this.settings.maxClients = sessions;
  }

  /** Begins a session with this peer. @throws SessionError why there is no place */
  seat(peer: PeerSocket, claims: TicketClaims, rest: Buffer): SessionWire {
    const older = this.#byPlan.get(claims.planId) ?? null;
    if (older && older.claims.epoch > claims.epoch)
      throw new SessionError('EPOCH_SUPERSEDED', 'A newer attempt of this plan is at work here.');
    if (!older && this.#byPlan.size >= this.settings.maxClients)
      throw new SessionError('BUSY', `All ${this.settings.maxClients} places of this receiver are taken.`, {
        retryAfterMs: RETRY_AFTER_MS,
      });
    older?.wire.fail(new SessionError('EPOCH_SUPERSEDED', 'A newer attempt of this plan takes over.'));
    const taken = new BackupSession(claims, peer, this.buffers, this.settings, this.tell.events);
    this.#byPlan.set(claims.planId, taken);
    void this.#serve(taken, older, rest);
    return taken.wire;
  }

  async #serve(session: BackupSession, older: BackupSession | null, rest: Buffer): Promise<void> {
    // A commit under way is let finish: the newer attempt then finds its receipt.
    await older?.wire.closed;
    const { wire } = session;
    const { planId, runId, epoch, agentId } = session.claims;
    const logger = this.tell.logger.child({ session: wire.id, planId, runId, epoch, agentId });
    const worker = this.#begin(session, rest);
    if (worker) logger.debug('session begins');
    const outcome = await wire.closed;
    if (worker) this.pool.giveBack(worker);
    if (this.#byPlan.get(planId) === session) this.#byPlan.delete(planId);
    this.tell.events.onClosed(outcome);
    logger.info(
      {
        outcome: outcome.kind,
        ...(outcome.kind === 'failed' ? packError(outcome.error) : {}),
        receivedBytes: wire.receivedBytes,
        seconds: (performance.now() - wire.startedAtMs) / 1000,
      },
      'session over',
    );
  }

  /** The worker that serves it; null if it ended while it waited. */
  #begin(session: BackupSession, rest: Buffer): ReturnType<WorkerPool['take']> | null {
    if (session.wire.isOver) return null;
    try {
      const worker = this.pool.take();
      session.open(worker, rest);
      return worker;
    } catch (cause) {
      session.wire.abandon(cause as SessionError);
      return null;
    }
  }
}
