import type { Logger } from '@periodic-backup/platform';
import {
  SessionError,
  encodeError,
  encodePreamble,
  type Hello,
  type SessionLimits,
} from '@periodic-backup/protocol';
import type { PeerSocket } from '../transport/peer-socket.js';
import type { ReceiveBuffers } from '../transport/receive-buffers.js';
import { packError } from './error-on-the-way.js';
import { RunningSession, type SessionEvents, type SessionOutcome } from './running-session.js';
import type { TicketGate } from './ticket-gate.js';
import type { WorkerPool } from './worker-pool.js';

const RETRY_AFTER_MS = 2_000;
const BEAT_MS = 1_000;
/** Sessions that were told to end have this long to let go of their staging. */
const LETTING_GO_MS = 2_000;

export interface DeskEvents extends SessionEvents {
  onClosed(outcome: SessionOutcome): void;
  onRefused(error: SessionError): void;
}

export interface DeskSettings {
  maxClients: number;
  readonly limits: Partial<SessionLimits>;
}

/**
 * Admits sessions and knows those that run. A plan has one session here: a newer attempt takes the place of the
 * older one, once that has let go, so that an agent whose connection broke is not told BUSY because of itself.
 */
export class SessionDesk {
  readonly #byPlan = new Map<string, RunningSession>();
  readonly #running = new Set<RunningSession>();
  readonly #beat: NodeJS.Timeout;
  /** People have said that it takes no new sessions; those that run go on as long as they take. */
  closedByPeople = false;
  #stopping = false;

  constructor(
    private readonly gate: TicketGate,
    private readonly pool: WorkerPool,
    private readonly buffers: ReceiveBuffers,
    private readonly settings: DeskSettings,
    private readonly tell: { readonly events: DeskEvents; readonly logger: Logger },
  ) {
    this.#beat = setInterval(() => this.#keepAwake(), BEAT_MS);
  }

  get activeSessions(): number {
    return this.#byPlan.size;
  }

  get draining(): boolean {
    return this.#stopping || this.closedByPeople;
  }

  get maxClients(): number {
    return this.settings.maxClients;
  }

  /** Holds from the next admission on; sessions beyond it finish. */
  set maxClients(sessions: number) {
    this.settings.maxClients = sessions;
  }

  /** Takes a peer that has sent its HELLO, or refuses it. Never throws. */
  admit(peer: PeerSocket, hello: Hello, rest: Buffer): void {
    peer.write(encodePreamble());
    try {
      const session = this.#seat(peer, hello);
      this.#running.add(session.taken);
      void this.#serve(session.taken, session.older, rest);
    } catch (cause) {
      const error = cause as SessionError;
      this.tell.events.onRefused(error);
      this.tell.logger.info(
        { code: error.code, peer: peer.address, error: error.message },
        'session refused',
      );
      peer.finish(encodeError(error));
    }
  }

  /** No new sessions; resolves when none runs any more, at the latest soon after the deadline. */
  async drain(deadlineMs: number): Promise<void> {
    this.#stopping = true;
    const drained = new SessionError('DRAINING', 'This receiver stops: resume at another one.', {
      retryAfterMs: RETRY_AFTER_MS,
    });
    if (await this.#allClosedWithin(deadlineMs)) return;
    for (const session of this.#running) session.fail(drained);
    if (await this.#allClosedWithin(LETTING_GO_MS)) return;
    for (const session of this.#running) session.abandon(drained);
  }

  stop(): void {
    clearInterval(this.#beat);
  }

  /** @throws SessionError why there is no place */
  #seat(peer: PeerSocket, hello: Hello): { taken: RunningSession; older: RunningSession | null } {
    const claims = this.gate.check(hello.ticket);
    if (this.draining)
      throw new SessionError('DRAINING', 'This receiver takes no new sessions: try another one.', {
        retryAfterMs: RETRY_AFTER_MS,
      });
    const older = this.#byPlan.get(claims.planId) ?? null;
    if (older && older.claims.epoch > claims.epoch)
      throw new SessionError('EPOCH_SUPERSEDED', 'A newer attempt of this plan is at work here.');
    if (!older && this.#byPlan.size >= this.settings.maxClients)
      throw new SessionError('BUSY', `All ${this.settings.maxClients} places of this receiver are taken.`, {
        retryAfterMs: RETRY_AFTER_MS,
      });
    older?.fail(new SessionError('EPOCH_SUPERSEDED', 'A newer attempt of this plan takes over.'));
    const taken = new RunningSession(claims, peer, this.buffers, this.settings.limits, this.tell.events);
    this.#byPlan.set(claims.planId, taken);
    return { taken, older };
  }

  async #serve(session: RunningSession, older: RunningSession | null, rest: Buffer): Promise<void> {
    // A commit under way is let finish: the newer attempt then finds its receipt.
    await older?.closed;
    const { planId, runId, epoch, agentId } = session.claims;
    const logger = this.tell.logger.child({ session: session.id, planId, runId, epoch, agentId });
    const worker = this.#begin(session, rest);
    if (worker) logger.debug('session begins');
    const outcome = await session.closed;
    if (worker) this.pool.giveBack(worker);
    this.#running.delete(session);
    if (this.#byPlan.get(planId) === session) this.#byPlan.delete(planId);
    this.tell.events.onClosed(outcome);
    logger.info(
      {
        outcome: outcome.kind,
        ...(outcome.kind === 'failed' ? packError(outcome.error) : {}),
        receivedBytes: session.receivedBytes,
        seconds: (performance.now() - session.startedAtMs) / 1000,
      },
      'session over',
    );
  }

  /** The worker that serves it; null if it ended while it waited. */
  #begin(session: RunningSession, rest: Buffer): ReturnType<WorkerPool['take']> | null {
    if (session.isOver) return null;
    try {
      const worker = this.pool.take();
      session.open(worker, rest);
      return worker;
    } catch (cause) {
      session.abandon(cause as SessionError);
      return null;
    }
  }

  async #allClosedWithin(deadlineMs: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<false>((resolve) => (timer = setTimeout(() => resolve(false), deadlineMs)));
    const all = Promise.all([...this.#running].map((session) => session.closed)).then(() => true as const);
    const closed = await Promise.race([all, late]);
    clearTimeout(timer);
    return closed;
  }

  #keepAwake(): void {
    for (const session of this.#running) session.keepAwake();
  }
}
