import { useQuery } from '@tanstack/react-query';
import { Database, Network } from 'lucide-react';
import { apiQuery } from '../../api/queries.js';
import { describing, FieldWarning } from '../../design/field/field-warning.js';
import { NumberField } from '../../design/field/number-field.js';
import { RadioCards } from '../../design/field/radio-cards.js';
import { Select } from '../../design/field/select.js';
import { TextField } from '../../design/field/text-field.js';
import { Card } from '../../design/page/card.js';
import { Fact, Facts } from '../../design/page/facts.js';
import { countOf, formatBytes } from '../../format/sizes.js';
import { FieldPlace } from './field-place.js';
import type { EstimateState } from './use-estimate.js';
import type { PlanForm } from './use-plan-form.js';
import { VaultRoom } from './vault-room.js';
import styles from './plan-form.module.css';

/** Where the snapshots go. */
export function WhereSection({
  form,
  estimate,
}: {
  readonly form: PlanForm;
  readonly estimate: EstimateState;
}) {
  const { draft, set, at, plan, preview } = form;
  const vaults = useQuery(apiQuery('GET /vaults'));
  const room = preview?.vault && <VaultRoom vault={preview.vault} bytes={estimate.estimate?.bytes ?? null} />;
  if (plan) {
    const { warning } = at('vaultId');
    return (
      <Card title="Where">
        <div className={styles.fields}>
          <Facts>
            <Fact name="Vault">{preview?.vault?.name ?? plan.vaultId}</Fact>
          </Facts>
          {warning !== undefined && <FieldWarning>{warning}</FieldWarning>}
          {room}
          <p className={styles.words}>
            Agent, name and vault stay for ever: they say where the snapshots lie. To back up elsewhere,
            duplicate the plan.
          </p>
        </div>
      </Card>
    );
  }
  const [vault, receiver] = [at('vaultId'), at('receiver')];
  return (
    <Card title="Where">
      <div className={styles.fields}>
        <RadioCards
          label="Destination"
          cards={[
            {
              value: 'vault',
              label: 'A vault',
              description: 'Any receiver of it takes the files.',
              icon: Database,
            },
            {
              value: 'receiver',
              label: 'A receiver, by host and port',
              description: 'The vault that it serves.',
              icon: Network,
            },
          ]}
          value={draft.destination}
          onChange={(destination) => set({ destination: destination === 'receiver' ? 'receiver' : 'vault' })}
        />
        {draft.destination === 'vault' ? (
          <FieldPlace of="vaultId">
            <Select
              label="Vault"
              options={(vaults.data?.items ?? []).map(({ id, name, freeBytes, receiversOnline }) => ({
                ...{ id, label: name },
                detail: `${freeBytes === null ? 'space not known' : `${formatBytes(freeBytes)} free`}, ${countOf(receiversOnline, 'receiver')} online`,
              }))}
              value={draft.vaultId}
              onChange={(vaultId) => set({ vaultId })}
              error={vault.error}
              description={describing(null, vault.warning)}
              placeholder={vaults.isPending ? 'Loading …' : 'Choose a vault'}
            />
          </FieldPlace>
        ) : (
          <FieldPlace of="receiver">
            <div className={styles.address}>
              <TextField
                label="Host"
                mono
                placeholder="backup.example.org"
                value={draft.host}
                onChange={(host) => set({ host })}
                onBlur={receiver.onBlur}
                error={receiver.error}
                autoComplete="off"
                spellCheck="false"
                description={describing(null, receiver.warning ?? vault.warning)}
              />
              <NumberField
                label="Port"
                value={draft.port}
                onChange={(port) => set({ port })}
                onBlur={receiver.onBlur}
                formatOptions={{ useGrouping: false }}
                minValue={1}
                maxValue={65535}
              />
            </div>
          </FieldPlace>
        )}
        {room}
      </div>
    </Card>
  );
}
