import { ChevronRight } from 'lucide-react';
import { useState } from 'react';
import styles from './fold.module.css';

export interface FoldProps {
  readonly title: React.ReactNode;
  /** Beside the title while it is closed: what is in it, in a few words. */
  readonly summary?: React.ReactNode;
  /** Opens it, whatever was pressed before: something in it wants to be seen. */
  readonly mustShow?: boolean;
  readonly startsOpen?: boolean;
  readonly children: React.ReactNode;
}

/** What not everybody needs, behind its title. */
export function Fold({ title, summary, mustShow = false, startsOpen = false, children }: FoldProps) {
  const [open, setOpen] = useState(startsOpen);
  const isOpen = open || mustShow;
  return (
    <details
      className={styles.fold}
      open={isOpen}
      onToggle={({ currentTarget }) => setOpen(currentTarget.open)}
    >
      <summary className={styles.summary}>
        <ChevronRight size={15} aria-hidden className={styles.arrow} />
        <span className={styles.title}>{title}</span>
        {!isOpen && summary && <span className={styles.words}>{summary}</span>}
      </summary>
      <div className={styles.body}>{children}</div>
    </details>
  );
}
