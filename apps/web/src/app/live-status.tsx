import { formatAge } from '../format/durations.js';
import { silentSeconds, useConnected } from '../live/live.js';
import { useOfNow } from '../live/use-now.js';
import styles from './live-status.module.css';

const WORTH_TELLING_SECONDS = 15;

/** Whether what is shown follows what happens, and since when not: the page admits when it is blind. */
export function LiveStatus() {
  const connected = useConnected();
  const words = useOfNow(() => {
    const seconds = silentSeconds();
    if (connected)
      return seconds !== null && seconds > WORTH_TELLING_SECONDS ? `Live, ${formatAge(seconds)} ago` : 'Live';
    return seconds === null ? 'Connecting' : `Not live for ${formatAge(seconds)}`;
  });
  return (
    <span className={styles.status} data-live={connected}>
      <span className={styles.dot} aria-hidden />
      {words}
    </span>
  );
}
