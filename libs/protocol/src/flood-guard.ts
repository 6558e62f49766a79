import { SessionError } from './errors.js';
import { FRAME, frameName, type FrameType } from './frame.js';
import type { SessionLimits } from './session-limits.js';

const MINUTE_MS = 60_000;
const TINY_BYTES = 512;

/** Counts frames that cost more than they bring. SPEC.md §3. */
export class FloodGuard {
  private keepalives = 0;
  private minuteStartedAtMs = -Infinity;
  private emptyFrames = 0;
  private tinyFrames = 0;
  private ownerBytes = 0;

  constructor(private readonly limits: SessionLimits) {}

  /** Counts a frame by its header. @throws SessionError FLOOD */
  count(type: FrameType, payloadBytes: number, nowMs: () => number): void {
    switch (type) {
      case FRAME.KEEPALIVE:
        this.countKeepalive(nowMs());
        break;
      case FRAME.FILE_START:
        this.tinyFrames = 0;
        break;
      case FRAME.OWNERS:
        this.ownerBytes += payloadBytes;
        if (this.ownerBytes > this.limits.ownerBytes)
          flood(`more than ${this.limits.ownerBytes} bytes of OWNERS`);
        this.countEmpty(type, payloadBytes);
        break;
      case FRAME.DATA:
        if (payloadBytes < TINY_BYTES) this.countTiny();
        this.countEmpty(type, payloadBytes);
        break;
      case FRAME.ENTRIES:
      case FRAME.FILES:
        this.countEmpty(type, payloadBytes);
        break;
      default:
    }
  }

  /** Counts a hole by its length, which its header does not tell. @throws SessionError FLOOD */
  countHole(lengthBytes: number): void {
    if (lengthBytes < TINY_BYTES) this.countTiny();
    this.countEmpty(FRAME.HOLE, lengthBytes);
  }

  private countKeepalive(nowMs: number): void {
    if (nowMs - this.minuteStartedAtMs >= MINUTE_MS) {
      this.minuteStartedAtMs = nowMs;
      this.keepalives = 0;
    }
    if (++this.keepalives > this.limits.keepalivesPerMinute)
      flood(`more than ${this.limits.keepalivesPerMinute} KEEPALIVE in a minute`);
  }

  private countEmpty(type: FrameType, payloadBytes: number): void {
    if (payloadBytes === 0 && ++this.emptyFrames > this.limits.emptyFrames)
      flood(`more than ${this.limits.emptyFrames} empty frames, the last a ${frameName(type)}`);
  }

  private countTiny(): void {
    if (++this.tinyFrames > this.limits.tinyFramesPerFile)
      flood(`more than ${this.limits.tinyFramesPerFile} frames below ${TINY_BYTES} bytes in one file`);
  }
}

function flood(what: string): never {
  throw new SessionError('FLOOD', `The peer sent ${what}.`);
}
