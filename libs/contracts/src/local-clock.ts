const DAY_MS = 86_400_000;

/** True if the runtime knows the IANA time zone. */
export function isTimezone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/**
 * Tells how far the clock on the wall is ahead of UTC. Asking Intl costs microseconds; a day of UTC that begins and ends
 * with one offset has it throughout, so that thousands of instants cost two questions a day. One lives as long as
 * the question it serves.
 */
export class LocalClock {
  readonly #format: Intl.DateTimeFormat;
  readonly #atMidnight = new Map<number, number>();

  /** @throws RangeError if the time zone is not known */
  constructor(timezone: string) {
    this.#format = new Intl.DateTimeFormat('en-US', {
      timeZone: timezone,
      hourCycle: 'h23',
      ...{ year: 'numeric', month: 'numeric', day: 'numeric' },
      ...{ hour: 'numeric', minute: 'numeric', second: 'numeric' },
    });
  }

  offsetMs(instant: number): number {
    const midnight = Math.floor(instant / DAY_MS) * DAY_MS;
    const before = this.#offsetAtMidnight(midnight);
    return before === this.#offsetAtMidnight(midnight + DAY_MS) ? before : this.#ask(instant);
  }

  #offsetAtMidnight(midnight: number): number {
    let offset = this.#atMidnight.get(midnight);
    if (offset === undefined) this.#atMidnight.set(midnight, (offset = this.#ask(midnight)));
    return offset;
  }

  #ask(instant: number): number {
    const parts: Record<string, number> = {};
    for (const { type, value } of this.#format.formatToParts(instant)) parts[type] = Number(value);
    const { year = 0, month = 1, day = 0, hour = 0, minute = 0, second = 0 } = parts;
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(instant / 1000) * 1000;
  }
}
