import type { AuditEntry } from '@periodic-backup/contracts/http';
import { ButtonLink } from '../../design/button/button-link.js';
import { Dialog } from '../../design/dialog/dialog.js';
import { Fact, Facts } from '../../design/page/facts.js';
import { exactly } from '../../design/time/relative-time.js';
import styles from './audit.module.css';

/** One entry, whole. */
export function AuditEntryDialog({
  entry: { sequence, at, actor, via, address, action, object, detail, hash },
  onClose,
}: {
  readonly entry: AuditEntry;
  readonly onClose: () => void;
}) {
  return (
    <Dialog isOpen onClose={onClose} title={`Entry ${sequence}`} size="large">
      <div className={styles.stack}>
        <Facts>
          <Fact name="What" mono>
            {action}
          </Fact>
          {object !== null && (
            <Fact name="Of" mono>
              {object}
            </Fact>
          )}
          <Fact name="Who">{actor}</Fact>
          <Fact name="By">{address === null ? via : `${via}, from ${address}`}</Fact>
          <Fact name="When">{exactly(at)}</Fact>
          <Fact name="Hash" mono>
            {hash}
          </Fact>
        </Facts>
        {Object.keys(detail).length > 0 && (
          <pre className={styles.detail} tabIndex={0} aria-label="Details">
            <code>{JSON.stringify(detail, null, 2)}</code>
          </pre>
        )}
        <div>
          <ButtonLink to="/audit" search={{ actor }}>
            Everything by {actor}
          </ButtonLink>
        </div>
      </div>
    </Dialog>
  );
}
