import { Link, type LinkProps } from '@tanstack/react-router';
import { Archive, ChevronRight } from 'lucide-react';
import { stepsOf } from '../../paths/snapshot-path.js';
import styles from './snapshot.module.css';

/** Where in the snapshot one is, and the way back up. */
export function PathBar({
  path,
  linkTo,
}: {
  readonly path: string;
  readonly linkTo: (key: string) => LinkProps;
}) {
  const steps = stepsOf(path);
  return (
    <nav className={styles.path} aria-label="Open directory">
      <Link {...linkTo('')} className={styles.step} aria-current={path === '' ? 'location' : undefined}>
        <Archive size={15} aria-hidden />
        Snapshot
      </Link>
      {steps.map(({ name, key }) => (
        <span key={key} className={styles.stepPart}>
          <ChevronRight size={14} aria-hidden />
          <Link {...linkTo(key)} className={styles.step} aria-current={key === path ? 'location' : undefined}>
            {name}
          </Link>
        </span>
      ))}
    </nav>
  );
}
