import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { SnapshotView } from '@periodic-backup/contracts';
import { getVault, type Ledger } from '@periodic-backup/ledger';
import { VERSION } from '@periodic-backup/platform';
import { SessionError } from '@periodic-backup/protocol';
import { SnapshotReader } from '@periodic-backup/reader';
import { Presence } from '../connections/presence.js';
import { LEDGER } from '../connections/tokens.js';
import { ApiIdentity } from '../fleet/api-identity.js';
import { ProblemError } from '../http/problem.js';
import { chooseReaders } from './choose-readers.js';
import { IdleReaders, type IdleReader } from './idle-readers.js';
import { ReadTickets } from './read-tickets.js';
import { Reading } from './reading.js';
import { readingProblem } from './reading-problems.js';
import { Places } from './places.js';

/** Lent at once; idle ones come on top. */
const MOST_CONNECTIONS = 32;
const PATIENCE_MS = 5_000;

/** A reading of one's own until it is ended. */
export interface Lease {
  readonly reading: Reading;
  /** The connection may serve others now if `isClean`: nothing is under way on it. Safe to repeat. */
  end(isClean: boolean): void;
}

/** Lends connections to receivers, one per reader at a time, and keeps them for a while for whoever comes next. */
@Injectable()
export class ReaderPool implements OnModuleDestroy {
  readonly #idle = new IdleReaders();
  readonly #places = new Places(MOST_CONNECTIONS, PATIENCE_MS);

  constructor(
    @Inject(LEDGER) private readonly ledger: Ledger,
    private readonly presence: Presence,
    private readonly tickets: ReadTickets,
    private readonly identity: ApiIdentity,
  ) {}

  onModuleDestroy(): void {
    this.#idle.close();
  }

  /** What `work` makes of the open snapshot. It may be called twice. @throws ProblemError */
  async with<T>(
    snapshot: SnapshotView,
    signal: AbortSignal,
    work: (reading: Reading) => Promise<T>,
  ): Promise<T> {
    const { lease, result } = await this.begin(snapshot, signal, work);
    lease.end(true);
    return result;
  }

  /**
   * The same, but the reading stays with the caller, who ends the lease. A connection that was idle may have died since:
   * then all is done once more on a new one. @throws ProblemError 404, 422, 501, 503
   */
  async begin<T>(
    snapshot: SnapshotView,
    signal: AbortSignal,
    work: (reading: Reading) => Promise<T>,
  ): Promise<{ lease: Lease; result: T }> {
    await this.#places.enter(signal);
    try {
      const idle = this.#idle.take(snapshot);
      if (idle) {
        try {
          return await this.#try(idle, snapshot, signal, work);
        } catch (error) {
          if (signal.aborted || !(error instanceof SessionError) || !error.retryable) throw error;
        }
      }
      return await this.#try(await this.#connect(snapshot, signal), snapshot, signal, work);
    } catch (error) {
      this.#places.leave();
      throw readingProblem(error);
    }
  }

  async #try<T>(
    idle: IdleReader,
    snapshot: SnapshotView,
    signal: AbortSignal,
    work: (reading: Reading) => Promise<T>,
  ): Promise<{ lease: Lease; result: T }> {
    const { reader } = idle;
    const abort = (): void => reader.close();
    signal.addEventListener('abort', abort, { once: true });
    let open = idle.open;
    try {
      if (open?.snapshot !== snapshot.snapshot)
        open = { snapshot: snapshot.snapshot, opened: await reader.open(snapshot.snapshot) };
      if (open.opened.receipt.manifestDigest !== snapshot.manifestDigest)
        throw new SessionError(
          'DAMAGED',
          `The vault holds another manifest of ${snapshot.snapshot} than the one that was committed.`,
        );
      const reading = new Reading(snapshot, reader, open.opened);
      const result = await work(reading);
      if (signal.aborted) throw new SessionError('CANCELLED', 'The client went away.');
      return { lease: this.#lease({ reader, open }, reading, signal), result };
    } catch (error) {
      // What the caller itself refuses leaves the connection as it is.
      if (error instanceof ProblemError && open && !signal.aborted)
        this.#idle.put(snapshot, { reader, open });
      else reader.close();
      throw error;
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  /** Ends by itself when the client goes away. */
  #lease(idle: IdleReader, reading: Reading, signal: AbortSignal): Lease {
    let hasEnded = false;
    const end = (isClean: boolean): void => {
      if (hasEnded) return;
      hasEnded = true;
      signal.removeEventListener('abort', abandon);
      if (isClean) this.#idle.put(reading.snapshot, idle);
      else idle.reader.close();
      this.#places.leave();
    };
    const abandon = (): void => end(false);
    signal.addEventListener('abort', abandon, { once: true });
    return { reading, end };
  }

  async #connect(snapshot: SnapshotView, signal: AbortSignal): Promise<IdleReader> {
    const ticket = this.tickets.sign(snapshot);
    const [vault, receivers, credentials] = await Promise.all([
      getVault(this.ledger, snapshot.vaultId),
      this.presence.receivers(),
      this.identity.credentials(),
    ]);
    const offers = chooseReaders(snapshot.vaultId, vault?.publicKey ?? null, receivers);
    if (offers.length === 0)
      throw new ProblemError(
        503,
        `No receiver of vault "${vault?.name ?? snapshot.vaultId}" is online: start one to look into its snapshots.`,
      );
    const reader = await SnapshotReader.connect(offers, ticket, {
      software: `periodic-backup admin-api ${VERSION}`,
      credentials: credentials && (() => credentials),
    });
    if (!signal.aborted) return { reader, open: null };
    reader.close();
    throw new SessionError('CANCELLED', 'The client went away.');
  }
}
