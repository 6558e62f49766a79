const NS_PER_SECOND = 1_000_000_000n;
/** The nearest time below the next second that a double can tell from it, for some centuries to come. */
const LAST_OF_SECOND = 1 - 2 ** -21;
/** Times are set through seconds in floating point: good to a quarter of a microsecond. */
const TOLERANCE_NS = 1_000n;

/**
 * Nanoseconds since 1970 as Node takes a file time: seconds as a double, never rounded into the next second, which
 * tools that compare whole seconds would see. Times before 1970 go as text: Node replaces a negative number by now.
 */
export function fileTime(timeNs: bigint): number | string {
  const seconds = Number(timeNs) / 1e9;
  if (seconds < 0) return seconds.toFixed(9);
  const whole = Number(timeNs / NS_PER_SECOND);
  return seconds < whole + 1 ? seconds : whole + LAST_OF_SECOND;
}

/** True if a file that was given `recordedNs` may show `foundNs`. */
export function isSameTime(recordedNs: bigint, foundNs: bigint): boolean {
  const difference = recordedNs - foundNs;
  return difference < TOLERANCE_NS && difference > -TOLERANCE_NS;
}
