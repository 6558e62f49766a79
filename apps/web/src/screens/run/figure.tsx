import styles from './run.module.css';

/** One figure of a row of them: its name above, what it is out of behind. */
export function Figure({
  name,
  of = null,
  children,
}: {
  readonly name: string;
  readonly of?: string | null;
  readonly children: React.ReactNode;
}) {
  return (
    <div className={styles.figure}>
      <dt>{name}</dt>
      <dd>
        {children}
        {of !== null && <span className={styles.of}> of {of}</span>}
      </dd>
    </div>
  );
}
