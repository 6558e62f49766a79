import type { StateLook } from '../state/states.js';
import { formatCount } from '../../format/sizes.js';
import styles from './filter.module.css';

export interface FilterChip<Id extends string> {
  readonly id: Id;
  readonly label: string;
  readonly look?: StateLook;
  readonly count?: number | undefined;
}

export interface FilterChipsProps<Id extends string> {
  readonly label: string;
  readonly chips: readonly FilterChip<Id>[];
  readonly chosen: readonly Id[];
  /** One was pressed: chosen or let go. */
  readonly onPress: (id: Id) => void;
}

/** A few kinds to choose from, each pressed or not; none pressed shows all. */
export function FilterChips<Id extends string>({ label, chips, chosen, onPress }: FilterChipsProps<Id>) {
  return (
    <div className={styles.chips} role="group" aria-label={label}>
      {chips.map(({ id, label: word, look, count }) => {
        const Icon = look?.icon;
        return (
          <button
            key={id}
            type="button"
            className={styles.chip}
            data-tone={look?.tone}
            aria-pressed={chosen.includes(id)}
            onClick={() => onPress(id)}
          >
            {Icon && <Icon size={14} aria-hidden />}
            {word}
            {count !== undefined && <span className={styles.count}>{formatCount(count)}</span>}
          </button>
        );
      })}
    </div>
  );
}
