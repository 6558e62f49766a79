const SECOND_MS = 1000;

/** The name of a snapshot begun at `now`: later than `last`, even if the clock was set back. */
export function nextSnapshotName(now: Date, last: string | null): string {
  const earliestMs = last === null ? 0 : timeOf(last) + SECOND_MS;
  return nameOf(Math.max(now.getTime(), earliestMs));
}

function nameOf(timeMs: number): string {
  // 2026-11-22T11:05:00.000Z → 2026-11-22T110500Z
  return `${new Date(timeMs).toISOString().slice(0, 19).replaceAll(':', '')}Z`;
}

function timeOf(name: string): number {
  return Date.parse(name.replace(/T(\d\d)(\d\d)(\d\d)Z$/, 'T$1:$2:$3Z'));
}
