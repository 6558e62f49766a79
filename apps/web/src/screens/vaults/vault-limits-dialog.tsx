import type { VaultView } from '@periodic-backup/contracts/http';
import { useState } from 'react';
import { useAction } from '../../api/use-action.js';
import { Button } from '../../design/button/button.js';
import { Dialog } from '../../design/dialog/dialog.js';
import { NumberField } from '../../design/field/number-field.js';
import { RateLimitField } from '../fleet/rate-limit-field.js';
import styles from './vaults.module.css';

/** Changes how much a vault takes at once. What runs is not stopped by a lower limit. */
export function VaultLimitsDialog({
  vault,
  onClose,
}: {
  readonly vault: VaultView;
  readonly onClose: () => void;
}) {
  const { id, name } = vault;
  const [maxRuns, setMaxRuns] = useState(vault.maxRuns);
  const [bytesPerSecond, setRate] = useState(vault.bytesPerSecond);
  const change = useAction('PATCH /vaults/{id}', {
    done: `The limits of ${name} were changed`,
    failed: 'The limits were not changed',
    refreshes: ['GET /vaults', 'GET /overview'],
  });
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`Limits of ${name}`}
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button
            kind="primary"
            pending={change.isPending}
            onPress={() =>
              change.mutate({ params: { id }, body: { maxRuns, bytesPerSecond } }, { onSuccess: onClose })
            }
          >
            Save limits
          </Button>
        </>
      }
    >
      <div className={styles.limits}>
        <NumberField
          label="Runs at once"
          description="Over all agents; the rest waits for its turn. Empty: as many as come."
          minValue={1}
          maxValue={100_000}
          value={maxRuns ?? Number.NaN}
          onChange={(count) => setMaxRuns(Number.isNaN(count) ? null : count)}
        />
        <RateLimitField
          label="All its receivers together take in at most"
          bytesPerSecond={bytesPerSecond}
          onChange={setRate}
        />
      </div>
    </Dialog>
  );
}
