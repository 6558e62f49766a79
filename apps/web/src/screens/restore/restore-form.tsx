import { RestoreRequest, type SnapshotView } from '@periodic-backup/contracts/http';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '../../api/api.js';
import { ConfirmDialog } from '../../design/dialog/confirm-dialog.js';
import { Page } from '../../design/page/page.js';
import { useApiForm } from '../../forms/use-api-form.js';
import { base64Of, textOf } from '../../paths/snapshot-path.js';
import { ConflictSection } from './conflict-section.js';
import { ReviewPanel } from './review-panel.js';
import { TrialPanel } from './trial-panel.js';
import { WhatSection } from './what-section.js';
import { WhereSection } from './where-section.js';
import styles from './restore.module.css';

export interface RestoreFormProps {
  readonly snapshot: SnapshotView;
  /** Keys of the chosen paths; none: everything. */
  readonly paths: readonly string[];
}

/** A dry run that was asked for, and for what. */
export interface Trial {
  readonly runId: string;
  readonly of: string;
}

/** All of a restore on one page; a dry run says what it would do, computed by the agent that would do it. */
export function RestoreForm({ snapshot, paths }: RestoreFormProps) {
  const navigate = useNavigate();
  const [trial, setTrial] = useState<Trial | null>(null);
  const [isAsking, setIsAsking] = useState(false);
  const [pressed, setPressed] = useState<'check' | 'restore' | null>(null);
  const chosen = paths.map((key) => ({ pathBytes: base64Of(key) }));
  const send = async (request: RestoreRequest): Promise<void> => {
    const { runId } = await api.call('POST /snapshots/{id}/restore', {
      params: { id: snapshot.id },
      body: { ...request, ...(chosen.length > 0 ? { paths: chosen } : {}) },
    });
    if (request.dryRun) setTrial({ runId, of: identityOf(request, snapshot, paths) });
    else await navigate({ to: '/runs/$runId', params: { runId } });
  };
  const { form, onSubmit, problem, pending } = useApiForm({
    schema: RestoreRequest,
    defaults: { agentId: snapshot.agentId, destination: '', inPlace: false, conflict: 'fail', dryRun: true },
    fields: ['agentId', 'destination', 'inPlace', 'conflict'],
    submit: send,
  });
  const draft = form.watch() as RestoreRequest;
  const submit = (dryRun: boolean): void => {
    setPressed(dryRun ? 'check' : 'restore');
    form.setValue('dryRun', dryRun);
    onSubmit();
  };
  const mayLose = draft.conflict === 'overwrite';
  return (
    <Page
      title={`Restore ${snapshot.planFolder}`}
      parent={
        <Link to="/snapshots/$snapshotId" params={{ snapshotId: snapshot.id }}>
          Snapshot of {snapshot.planFolder}
        </Link>
      }
    >
      <form
        className={styles.layout}
        aria-label="Restore"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          submit(true);
        }}
      >
        <div className={styles.column}>
          <WhatSection snapshot={snapshot} paths={paths} />
          <WhereSection form={form} snapshot={snapshot} />
          <ConflictSection form={form} />
          {trial && <TrialPanel trial={trial} isOutdated={trial.of !== identityOf(draft, snapshot, paths)} />}
        </div>
        <ReviewPanel
          snapshot={snapshot}
          paths={paths.map(textOf)}
          draft={draft}
          problem={problem}
          pending={pending ? pressed : null}
          onRestore={() => (mayLose ? setIsAsking(true) : submit(false))}
        />
      </form>
      <ConfirmDialog
        isOpen={isAsking}
        onClose={() => setIsAsking(false)}
        title="Replace what is there?"
        confirm="Restore and replace"
        danger
        onConfirm={() => {
          setIsAsking(false);
          submit(false);
        }}
      >
        Files that differ from the snapshot are replaced{' '}
        {draft.inPlace ? 'in the source directory' : `below ${draft.destination}`} on {draft.agentId}. What
        they hold now is lost unless another snapshot has it.
      </ConfirmDialog>
    </Page>
  );
}

/** What makes a restore another one: a dry run tells of just one. */
function identityOf(
  { agentId, destination, inPlace, conflict }: RestoreRequest,
  { id }: SnapshotView,
  paths: readonly string[],
): string {
  return JSON.stringify([agentId, inPlace ? null : destination, inPlace, conflict, id, paths]);
}
