import styles from './facts.module.css';

/** Names and values of one thing, one a line. */
export function Facts({ children }: { readonly children: React.ReactNode }) {
  return <dl className={styles.facts}>{children}</dl>;
}

/** One of them. `mono` for paths, ids and addresses. */
export function Fact({
  name,
  mono = false,
  children,
}: {
  readonly name: string;
  readonly mono?: boolean;
  readonly children: React.ReactNode;
}) {
  return (
    <div className={styles.fact}>
      <dt className={styles.name}>{name}</dt>
      <dd className={mono ? styles.mono : styles.value}>{children}</dd>
    </div>
  );
}
