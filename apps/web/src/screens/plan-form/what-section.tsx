import { useQuery } from '@tanstack/react-query';
import { apiQuery } from '../../api/queries.js';
import { describing } from '../../design/field/field-warning.js';
import { Select } from '../../design/field/select.js';
import { TextField } from '../../design/field/text-field.js';
import { Card } from '../../design/page/card.js';
import { Fact, Facts } from '../../design/page/facts.js';
import { DirectoryField } from '../../directories/directory-field.js';
import { EstimateView } from './estimate-view.js';
import { ExcludesEditor } from './excludes-editor.js';
import { FieldPlace } from './field-place.js';
import type { EstimateState } from './use-estimate.js';
import type { PlanForm } from './use-plan-form.js';
import styles from './plan-form.module.css';

/** What is backed up: whose directory, without what, and what that comes to. */
export function WhatSection({
  form,
  estimate,
}: {
  readonly form: PlanForm;
  readonly estimate: EstimateState;
}) {
  const { draft, set, at, plan } = form;
  const agents = useQuery(apiQuery('GET /agents'));
  const [source, name, agent] = [at('sourceDir'), at('name'), at('agentId')];
  return (
    <Card title="What">
      <div className={styles.fields}>
        {plan ? (
          <Facts>
            <Fact name="Agent" mono>
              {plan.agentId}
            </Fact>
            <Fact name="Name">{plan.name}</Fact>
          </Facts>
        ) : (
          <FieldPlace of="agentId">
            <Select
              label="Agent"
              description={describing('The machine that holds the files.', agent.warning)}
              error={agent.error}
              options={(agents.data?.items ?? []).map(({ agentId, online, hostname }) => ({
                id: agentId,
                label: agentId,
                detail: online ? `Online${hostname ? `, ${hostname}` : ''}` : 'Offline',
              }))}
              value={draft.agentId}
              onChange={(agentId) => set({ agentId })}
              placeholder={agents.isPending ? 'Loading …' : 'Choose the machine'}
            />
          </FieldPlace>
        )}
        <FieldPlace of="sourceDir">
          <DirectoryField
            label="Source directory"
            agentId={draft.agentId}
            use="source"
            placeholder="/srv/documents"
            value={draft.sourceDir}
            onChange={(sourceDir) => set({ sourceDir })}
            onBlur={source.onBlur}
            error={source.error}
            description={describing('This and everything below it is backed up.', source.warning)}
          />
        </FieldPlace>
        {!plan && (
          <FieldPlace of="name">
            <TextField
              label="Name"
              value={draft.name}
              onChange={(text) => set({ name: text, nameIsGiven: text !== '' })}
              onBlur={name.onBlur}
              error={name.error}
              description={describing('Becomes a folder of the vault, and stays for ever.', name.warning)}
              autoComplete="off"
            />
          </FieldPlace>
        )}
        <ExcludesEditor form={form} estimate={estimate} />
        <EstimateView state={estimate} />
      </div>
    </Card>
  );
}
