import type { RestoreRequest, SnapshotView } from '@periodic-backup/contracts/http';
import { useQuery } from '@tanstack/react-query';
import { FolderPlus, Undo2 } from 'lucide-react';
import { useEffect, useRef } from 'react';
import type { UseFormReturn } from 'react-hook-form';
import type { z } from 'zod';
import { apiQuery } from '../../api/queries.js';
import { Callout } from '../../design/feedback/callout.js';
import { RadioCards } from '../../design/field/radio-cards.js';
import { Select } from '../../design/field/select.js';
import { Card } from '../../design/page/card.js';
import { DirectoryField } from '../../directories/directory-field.js';
import { sentence } from '../../forms/place-problems.js';
import { useField } from '../../forms/use-field.js';
import { useDestinationCheck, useRestoreRoots } from './agent-says.js';
import styles from './restore.module.css';

export type RestoreFormState = UseFormReturn<z.input<typeof RestoreRequest>, unknown, RestoreRequest>;

/** Which machine, and where on it. A new directory unless told: nothing that is there can be lost. */
export function WhereSection({
  form,
  snapshot,
}: {
  readonly form: RestoreFormState;
  readonly snapshot: SnapshotView;
}) {
  const agent = useField(form.control, 'agentId');
  const destination = useField(form.control, 'destination');
  const inPlace = useField(form.control, 'inPlace');
  const agents = useQuery(apiQuery('GET /agents'));
  const plan = useQuery(apiQuery('GET /plans/{id}', { params: { id: snapshot.planId } }));
  const agentId = agent.value ?? snapshot.agentId;
  const known = agents.data?.items ?? [];
  const isGone = agents.isSuccess && !known.some((one) => one.agentId === snapshot.agentId);
  const isBack = plan.data?.agentId === agentId;
  const isInPlace = inPlace.value === true;
  const roots = useRestoreRoots(agentId);
  const check = useDestinationCheck(agentId, isInPlace ? undefined : destination.value);
  const typed = useRef<string | null>(null);
  const suggested = roots.best === null ? '' : `${roots.best}/${snapshot.planFolder}-${snapshot.snapshot}`;
  const { setValue } = form;
  useEffect(() => {
    if (typed.current === null && !isInPlace && suggested !== '') setValue('destination', suggested);
  }, [suggested, isInPlace, setValue]);
  const choosePlace = (place: string): void => {
    // Either of them, never both: so the API wants it.
    setValue('destination', place === 'back' ? undefined : (typed.current ?? suggested));
    form.clearErrors(['destination', 'inPlace']);
    inPlace.onChange(place === 'back');
  };
  return (
    <Card title="Where to">
      <div className={styles.fields}>
        <Select
          label="Agent"
          options={known.map((one) => ({
            ...{ id: one.agentId, label: one.agentId },
            detail: `${one.online ? 'online' : 'offline: it begins when it comes back'}${one.agentId === snapshot.agentId ? ' · the files came from here' : ''}`,
          }))}
          value={known.some((one) => one.agentId === agentId) ? agentId : null}
          onChange={(wanted) => {
            agent.onChange(wanted);
            if (isInPlace && plan.data?.agentId !== wanted) choosePlace('new');
          }}
          error={agent.error}
          placeholder={agents.isPending ? 'Loading …' : 'Choose an agent'}
        />
        {isGone && (
          <Callout tone="warn">
            The agent {snapshot.agentId} that these files came from is not known any more: choose another one.
          </Callout>
        )}
        <RadioCards
          label="Place"
          cards={[
            {
              ...{ value: 'new', label: 'A directory of its own', icon: FolderPlus },
              description: 'It is made if it is not there.',
            },
            {
              ...{ value: 'back', label: 'Where it came from', icon: Undo2, disabled: !isBack },
              description: isBack
                ? (plan.data?.sourceDir ?? '')
                : plan.isError
                  ? 'The plan is gone, and with it where its files were.'
                  : `Only on ${plan.data?.agentId ?? snapshot.agentId}.`,
            },
          ]}
          value={isInPlace ? 'back' : 'new'}
          onChange={choosePlace}
          error={inPlace.error}
        />
        {!isInPlace && (
          <DirectoryField
            label="Directory"
            agentId={agentId}
            use="restore"
            value={destination.value ?? ''}
            onChange={(path) => {
              typed.current = path;
              destination.onChange(path);
            }}
            onBlur={destination.onBlur}
            error={destination.error ?? (check === null ? undefined : sentence(check))}
            description={
              roots.paths.length === 0
                ? 'Below a directory that the agent may restore to (RESTORE_DIRS, ALLOWED_DIRS).'
                : `Below ${roots.paths.join(', ')}: there ${agentId} may restore to.`
            }
          />
        )}
      </div>
    </Card>
  );
}
