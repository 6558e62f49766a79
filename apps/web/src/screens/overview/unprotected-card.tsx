import type { Overview } from '@periodic-backup/contracts/http';
import { useMay } from '../../api/use-may.js';
import { ButtonLink } from '../../design/button/button-link.js';
import { Card } from '../../design/page/card.js';
import { formatCount } from '../../format/sizes.js';
import styles from './unprotected-card.module.css';

const SHOWN = 5;

/** What agents may read and no plan backs up: a silence that nobody else would mention. */
export function UnprotectedCard({ unprotected }: { readonly unprotected: Overview['unprotected'] }) {
  const shown = unprotected.items.slice(0, SHOWN);
  const mayAdd = useMay('operate');
  return (
    <Card title="Not protected" aside={formatCount(unprotected.total)}>
      <ul className={styles.list}>
        {shown.map(({ agentId, directory, partly }) => (
          <li key={`${agentId} ${directory}`} className={styles.row}>
            <div className={styles.words}>
              <code className={styles.directory}>{directory}</code>
              <span className={styles.detail}>
                {agentId}
                {partly.length > 0 && `, in part by ${partly.join(', ')}`}
              </span>
            </div>
            {mayAdd && (
              <ButtonLink
                kind="quiet"
                size="small"
                to="/plans/new"
                search={{ agent: agentId, source: directory }}
                aria-label={`Protect ${directory} of ${agentId}`}
              >
                Protect
              </ButtonLink>
            )}
          </li>
        ))}
      </ul>
      {unprotected.total > SHOWN && (
        <p className={styles.more}>and {formatCount(unprotected.total - SHOWN)} more</p>
      )}
    </Card>
  );
}
