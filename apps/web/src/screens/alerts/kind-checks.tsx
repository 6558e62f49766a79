import type { AlertKind } from '@periodic-backup/contracts/http';
import { Checkbox } from '../../design/field/checkbox.js';
import { ALERT_KINDS, ALERT_KIND_WORDS } from './alert-words.js';
import styles from './alerts.module.css';

export interface KindChecksProps {
  readonly chosen: readonly AlertKind[];
  readonly onChange: (kinds: AlertKind[]) => void;
  readonly error: string | undefined;
}

/** What a rule watches. */
export function KindChecks({ chosen, onChange, error }: KindChecksProps) {
  const all = chosen.length === ALERT_KINDS.length;
  return (
    <fieldset className={styles.checks}>
      <legend>What is watched</legend>
      <div className={styles.wide}>
        <Checkbox
          isSelected={all}
          isIndeterminate={!all && chosen.length > 0}
          onChange={(on) => onChange(on ? [...ALERT_KINDS] : [])}
        >
          Everything
        </Checkbox>
      </div>
      {ALERT_KINDS.map((kind) => (
        <Checkbox
          key={kind}
          isSelected={chosen.includes(kind)}
          onChange={(on) => onChange(ALERT_KINDS.filter((one) => (one === kind ? on : chosen.includes(one))))}
        >
          {ALERT_KIND_WORDS[kind]}
        </Checkbox>
      ))}
      {error && <p className={`${styles.error} ${styles.wide}`}>{error}</p>}
    </fieldset>
  );
}
