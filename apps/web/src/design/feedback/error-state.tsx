import { CloudOff, RotateCw, SearchX, TriangleAlert } from 'lucide-react';
import { isPassing, isStatus, sentenceFor } from '../../api/problems.js';
import { Button } from '../button/button.js';
import styles from './feedback.module.css';

/** What was asked for could not be had: why, in words, and another try. */
export function ErrorState({ error, onRetry }: { readonly error: unknown; readonly onRetry?: () => void }) {
  const gone = isStatus(error, 404);
  const Icon = gone ? SearchX : isPassing(error) ? CloudOff : TriangleAlert;
  return (
    <div className={styles.state} role="alert">
      <span className={gone ? styles.icon : styles.badIcon}>
        <Icon size={22} strokeWidth={1.75} aria-hidden />
      </span>
      <p className={styles.title}>{gone ? 'It is not there' : 'This could not be loaded'}</p>
      <p className={styles.text}>{sentenceFor(error)}</p>
      {onRetry && !gone && (
        <div className={styles.actions}>
          <Button icon={RotateCw} onPress={onRetry}>
            Try again
          </Button>
        </div>
      )}
    </div>
  );
}
