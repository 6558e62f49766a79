import { Callout } from '../../design/feedback/callout.js';
import { sentence } from '../../forms/place-problems.js';
import { FIELD_WORDS, fieldOf } from './plan-fields.js';
import type { PathProblem } from './use-plan-form.js';
import styles from './review.module.css';

export interface ProblemListProps {
  readonly problems: readonly PathProblem[];
  readonly onGoTo: (field: string) => void;
}

/** All that is wrong, each leading to its field. */
export function ProblemList({ problems, onGoTo }: ProblemListProps) {
  if (problems.length === 0) return null;
  return (
    <Callout
      tone="bad"
      title={
        problems.length === 1 ? 'One thing is not right yet' : `${problems.length} things are not right yet`
      }
    >
      <ul className={styles.problems}>
        {problems.map(({ path, message }) => {
          const field = fieldOf(path);
          return (
            <li key={`${path} ${message}`}>
              {field === null ? (
                sentence(message)
              ) : (
                <>
                  <button type="button" className={styles.goTo} onClick={() => onGoTo(field)}>
                    {FIELD_WORDS[field]}
                  </button>
                  : {message}
                </>
              )}
            </li>
          );
        })}
      </ul>
    </Callout>
  );
}
