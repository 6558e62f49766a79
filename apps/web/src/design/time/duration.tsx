import { formatAge, formatDuration } from '../../format/durations.js';
import { useOfNow } from '../../live/use-now.js';

/** How long something took. */
export function Duration({ milliseconds }: { readonly milliseconds: number | null }) {
  return <>{milliseconds === null ? '–' : formatDuration(milliseconds)}</>;
}

/** How long something takes up to now; counts on. */
export function Elapsed({ since }: { readonly since: string }) {
  const start = Date.parse(since);
  return <>{useOfNow((now) => formatAge(Math.max(0, (now.getTime() - start) / 1000)))}</>;
}
