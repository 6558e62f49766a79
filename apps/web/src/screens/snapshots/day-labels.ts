import { formatDay } from '../../format/instants.js';

/**
 * Which places of a timeline bear the name of a day: where a day begins, as far as there is room.
 * @param instants newest first @param room how many places a name takes
 */
export function dayLabels(instants: readonly string[], room: number): Map<number, string> {
  const labels = new Map<number, string>();
  const days = instants.map((instant) => new Date(instant).toDateString());
  const now = new Date();
  let last = -Infinity;
  for (const [index, day] of days.entries()) {
    if (day === days[index + 1] || index - last < room) continue;
    labels.set(index, formatDay(new Date(instants[index]!), now));
    last = index;
  }
  return labels;
}
