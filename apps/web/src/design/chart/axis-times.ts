import { formatDay, formatInstant } from '../../format/instants.js';

/** What stands at instants (seconds since 1970) of an axis: the clock, and the day below it where one begins. */
export function axisTimes(instants: readonly number[], now = new Date()): string[] {
  return instants.map((instant, index) => {
    const at = new Date(instant * 1000);
    const before = instants[index - 1];
    const day = formatDay(at, now);
    const clock = formatInstant(at, at);
    const isNewDay = before === undefined || new Date(before * 1000).toDateString() !== at.toDateString();
    if (instants.every((one) => isMidnight(one))) return day;
    return isNewDay ? `${clock}\n${day}` : clock;
  });
}

function isMidnight(instant: number): boolean {
  const at = new Date(instant * 1000);
  return at.getHours() === 0 && at.getMinutes() === 0;
}
