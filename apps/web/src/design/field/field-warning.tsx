import { TriangleAlert } from 'lucide-react';
import styles from './field.module.css';

/** Something about a field that stands in the way of nothing, but that somebody should know. Goes into its description. */
export function FieldWarning({ children }: { readonly children: React.ReactNode }) {
  return (
    <span className={styles.warning}>
      <TriangleAlert size={14} aria-hidden />
      <span>{children}</span>
    </span>
  );
}

/** What a field does, and what to know of the value it has; nothing if there is neither. */
export function describing(words: React.ReactNode, warning: string | undefined): React.ReactNode {
  if (warning === undefined) return words;
  return (
    <>
      {words}
      <FieldWarning>{warning}</FieldWarning>
    </>
  );
}
