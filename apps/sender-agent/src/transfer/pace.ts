import { rateAt, stricterRate, type Bandwidth } from '@periodic-backup/contracts';
import { ByteBucket } from '@periodic-backup/protocol';

/** The agent's own bandwidth, and among how many runs it is divided. */
export interface AgentShare {
  readonly bandwidth: Bandwidth | null;
  readonly runs: number;
}

export const FULL_SHARE: AgentShare = { bandwidth: null, runs: 1 };

export interface PaceClock {
  /** Of the wall, for the timetable. */
  date(): Date;
  /** Milliseconds of a clock that never goes back. */
  now(): number;
}

const REAL_CLOCK: PaceClock = { date: () => new Date(), now: () => performance.now() };

/** The timetable is looked at this often. */
const LOOK_MS = 10_000;
/** Nobody rests longer without asking again: a share may have grown meanwhile. */
const REST_MS = 1_000;
/** Frames of a limited run hold what may go in this time, but at least as much as is worth a frame. */
const FRAME_MS = 100;
const LEAST_FRAME_BYTES = 65_536;

/**
 * How fast one run may send: the stricter of its plan's bandwidth and of its share of the agent's. Every byte on the
 * wire counts. Without a bandwidth it costs two comparisons a frame, and no timer ever.
 */
export class Pace {
  readonly #bucket: ByteBucket;
  #share: AgentShare | null = null;
  #lookAtMs = 0;

  constructor(
    private readonly plan: Bandwidth | null,
    /** May change at any time. */
    private readonly shareOf: () => AgentShare,
    private readonly clock: PaceClock = REAL_CLOCK,
  ) {
    this.#bucket = new ByteBucket(null, () => clock.now());
  }

  /** Notes bytes that were put on the wire. */
  spend(bytes: number): void {
    if (this.#isLimited()) this.#bucket.spend(bytes);
  }

  /** How long nothing may be sent; ask again after it, for it may be longer. */
  get delayMs(): number {
    return this.#isLimited() ? Math.min(this.#bucket.delayMs, REST_MS) : 0;
  }

  /** A frame should not hold more. */
  get frameBytes(): number {
    if (!this.#isLimited() || this.#bucket.rate === null) return Infinity;
    return Math.max(LEAST_FRAME_BYTES, Math.floor((this.#bucket.rate * FRAME_MS) / 1000));
  }

  #isLimited(): boolean {
    const share = this.shareOf();
    if (this.plan === null && share.bandwidth === null && this.#bucket.rate === null) return false;
    if (share !== this.#share || this.clock.now() >= this.#lookAtMs) this.#look(share);
    return true;
  }

  #look(share: AgentShare): void {
    const at = this.clock.date();
    const ofAgent = rateAt(share.bandwidth, at);
    this.#bucket.rate = stricterRate(rateAt(this.plan, at), ofAgent && ofAgent / share.runs);
    this.#share = share;
    this.#lookAtMs = this.clock.now() + LOOK_MS;
  }
}
