import { CloudOff, WifiOff } from 'lucide-react';
import { useSyncExternalStore } from 'react';
import { formatAge } from '../format/durations.js';
import { silentSeconds, useConnected } from '../live/live.js';
import { useOfNow } from '../live/use-now.js';
import styles from './blind-banner.module.css';

/** A blink is not worth a word. */
const PATIENCE_SECONDS = 6;

/** Above everything, as long as what is shown may be old. */
export function BlindBanner() {
  const connected = useConnected();
  const online = useSyncExternalStore(watchOnline, () => navigator.onLine);
  const age = useOfNow(() => {
    const seconds = silentSeconds();
    return connected || seconds === null || seconds < PATIENCE_SECONDS ? null : formatAge(seconds);
  });
  if (age === null) return null;
  return (
    <div className={styles.banner} role="status">
      {online ? <CloudOff size={16} aria-hidden /> : <WifiOff size={16} aria-hidden />}
      <span>
        {online ? 'The server does not answer.' : 'This browser is offline.'} What you see is{' '}
        <strong>{age} old</strong> and does not change; it goes on by itself.
      </span>
    </div>
  );
}

function watchOnline(watcher: () => void): () => void {
  window.addEventListener('online', watcher);
  window.addEventListener('offline', watcher);
  return () => {
    window.removeEventListener('online', watcher);
    window.removeEventListener('offline', watcher);
  };
}
