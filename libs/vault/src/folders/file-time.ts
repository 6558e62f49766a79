const NS_PER_SECOND = 1e9;

/**
 * Nanoseconds since 1970 as Node takes a file time: seconds as a double, exact to a quarter of a microsecond today. The
 * exact value stands in the manifest. Times before 1970 go as text, because Node replaces a negative number by now.
 */
export function fileTime(timeNs: bigint): number | string {
  const seconds = Number(timeNs) / NS_PER_SECOND;
  return seconds < 0 ? seconds.toFixed(9) : seconds;
}
