import { SessionError } from './errors.js';
import type { FrameDecoder } from './frame-decoder.js';
import type { SessionLimits } from './session-limits.js';

/** Knows how long a peer has been silent or slow. Time that this side spent on the peer's bytes is not the peer's. */
export class PeerClock {
  private heardAtMs: number;
  private frameNumber = -1;
  private frameStartedAtMs = 0;
  private stoppedAtMs: number | null = null;

  constructor(
    private readonly limits: SessionLimits,
    private readonly now: () => number,
    private readonly decoder: FrameDecoder,
  ) {
    this.heardAtMs = now();
  }

  /** Runs `work` on bytes that have just arrived. */
  heard(work: () => void): void {
    const wasStopped = this.stoppedAtMs !== null;
    this.goOn();
    const arrivedAtMs = this.now();
    work();
    this.heardAtMs = this.now();
    const underWay = this.decoder.underWay;
    if (underWay?.number === this.frameNumber) {
      this.frameStartedAtMs += this.heardAtMs - arrivedAtMs;
    } else {
      this.frameNumber = underWay?.number ?? -1;
      this.frameStartedAtMs = this.heardAtMs;
    }
    if (wasStopped) this.stop();
  }

  /** Nothing is read from the peer until {@link goOn}. */
  stop(): void {
    this.stoppedAtMs ??= this.now();
  }

  goOn(): void {
    if (this.stoppedAtMs === null) return;
    const stoppedMs = this.now() - this.stoppedAtMs;
    this.heardAtMs += stoppedMs;
    this.frameStartedAtMs += stoppedMs;
    this.stoppedAtMs = null;
  }

  /** Milliseconds since the last byte. */
  get silentMs(): number {
    return this.now() - this.heardAtMs;
  }

  /** @throws SessionError IDLE, TOO_SLOW */
  check(): void {
    if (this.stoppedAtMs !== null) return;
    const { idleMs, frameGraceMs, minBytesPerSecond } = this.limits;
    if (this.silentMs > idleMs)
      throw new SessionError(
        'IDLE',
        `Nothing arrived from the peer for ${Math.round(this.silentMs / 1000)} s.`,
      );
    const underWay = this.decoder.underWay;
    if (!underWay) return;
    const allowedMs = frameGraceMs + (underWay.payloadBytes / minBytesPerSecond) * 1000;
    if (this.now() - this.frameStartedAtMs > allowedMs)
      throw new SessionError(
        'TOO_SLOW',
        `A frame of ${underWay.payloadBytes} bytes was not complete after ${Math.round(allowedMs / 1000)} s.`,
      );
  }
}
