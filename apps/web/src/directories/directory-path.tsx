import { ChevronRight } from 'lucide-react';
import { isWithin, partsOf } from './path-parts.js';
import styles from './directories.module.css';

export interface DirectoryPathProps {
  /** The open directory; null: the list of what may be opened at all. */
  readonly path: string | null;
  /** Above these one cannot go. */
  readonly roots: readonly string[];
  /** Leads to the list of all roots; left out: there is but one. */
  readonly top?: string;
  readonly onOpen: (path: string | null) => void;
}

/** Where one is, and the way back up. */
export function DirectoryPath({ path, roots, top, onOpen }: DirectoryPathProps) {
  const root = path === null ? undefined : roots.find((one) => isWithin(path, one));
  const below = root === undefined || path === null ? [] : partsOf(path).filter((part) => part.path !== root);
  const steps =
    root === undefined
      ? []
      : [{ name: root, path: root }, ...below.filter((part) => isWithin(part.path, root))];
  return (
    <nav className={styles.path} aria-label="Open directory">
      {top !== undefined && (
        <button type="button" className={styles.step} onClick={() => onOpen(null)}>
          {top}
        </button>
      )}
      {steps.map((step, index) => (
        <span key={step.path} className={styles.stepPart}>
          {(top !== undefined || index > 0) && <ChevronRight size={14} aria-hidden />}
          <button
            type="button"
            className={styles.step}
            aria-current={index === steps.length - 1 ? 'location' : undefined}
            onClick={() => onOpen(step.path)}
          >
            {step.name}
          </button>
        </span>
      ))}
    </nav>
  );
}
