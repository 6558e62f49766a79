import styles from './filter.module.css';

/** What narrows a list down, above it; at the end how many there are. */
export function FilterBar({
  children,
  aside,
}: {
  readonly children: React.ReactNode;
  readonly aside?: React.ReactNode;
}) {
  return (
    <div className={styles.bar}>
      {children}
      {aside && (
        <span className={styles.aside} role="status">
          {aside}
        </span>
      )}
    </div>
  );
}
