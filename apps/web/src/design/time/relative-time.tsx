import { formatExact, formatInstant, formatRelative } from '../../format/instants.js';
import { useOfNow } from '../../live/use-now.js';
import { Hint } from '../layout/hint.js';

export interface RelativeTimeProps {
  /** ISO 8601. */
  readonly at: string;
  /** relative: `3 min ago`. clock: `14:03`, with the day if it is another. */
  readonly show?: 'relative' | 'clock';
  /** In lists one row is the stop for the keyboard: the row tells the instant, the time itself is not stopped at. */
  readonly inRow?: boolean;
}

/** An instant as people say it; exactly, in the viewer's zone, on hover and focus. */
export function RelativeTime({ at, show = 'relative', inRow = false }: RelativeTimeProps) {
  const instant = new Date(at);
  const words = useOfNow((now) =>
    show === 'relative' ? formatRelative(instant, now) : formatInstant(instant, now),
  );
  return (
    <Hint hint={formatExact(instant)} inRow={inRow}>
      <time dateTime={at}>{words}</time>
    </Hint>
  );
}

/** The exact instant, as text. */
export function exactly(at: string): string {
  return formatExact(new Date(at));
}
