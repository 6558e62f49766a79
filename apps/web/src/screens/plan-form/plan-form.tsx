import { useBlocker, useNavigate } from '@tanstack/react-router';
import type { Plan } from '@periodic-backup/contracts/http';
import { useEffect, useRef, useState } from 'react';
import { api } from '../../api/api.js';
import { sentenceFor } from '../../api/problems.js';
import { ConfirmDialog } from '../../design/dialog/confirm-dialog.js';
import { showToast } from '../../design/toast/toasts.js';
import { AfterSection } from './after-section.js';
import { KeepSection } from './keep-section.js';
import { LimitsSection } from './limits-section.js';
import { fieldOf, FIELD_WORDS, focusField } from './plan-fields.js';
import type { PlanDraft } from './plan-draft.js';
import { ReviewPanel } from './review-panel.js';
import { useEstimate } from './use-estimate.js';
import { usePlanForm } from './use-plan-form.js';
import { WhatSection } from './what-section.js';
import { WhenSection } from './when-section.js';
import { WhereSection } from './where-section.js';
import styles from './plan-form.module.css';

export interface PlanFormViewProps {
  readonly initial: PlanDraft;
  /** The plan that is changed; null: a new one. */
  readonly plan: Plan | null;
}

/** All of a plan on one page, with what it would do beside it. */
export function PlanFormView({ initial, plan }: PlanFormViewProps) {
  const navigate = useNavigate();
  const form = usePlanForm(initial, plan);
  const estimate = useEstimate(form.draft, plan?.id);
  const element = useRef<HTMLFormElement>(null);
  const saved = useRef(false);
  const [tries, setTries] = useState(0);
  const leaving = useBlocker({
    shouldBlockFn: () => form.isChanged && !saved.current,
    enableBeforeUnload: () => form.isChanged && !saved.current,
    withResolver: true,
  });
  const goTo = (field: string): void => {
    if (element.current) focusField(element.current, field);
  };
  const firstWrong = form.problems
    .map(({ path }) => fieldOf(path))
    .filter((field) => field !== null)
    .sort((a, b) => ORDER.indexOf(a) - ORDER.indexOf(b))[0];
  const wrong = useRef(firstWrong);
  wrong.current = firstWrong;
  useEffect(() => {
    // The keyboard goes to the first field that is not right, once it says so.
    if (tries > 0 && wrong.current !== undefined && element.current)
      focusField(element.current, wrong.current);
  }, [tries]);

  const save = async (thenRun: boolean): Promise<void> => {
    const result = await form.save();
    if (!result) return setTries((before) => before + 1);
    saved.current = true;
    await (thenRun ? runAndShow(result) : navigate({ to: '/plans/$planId', params: { planId: result.id } }));
    showToast({ tone: 'ok', title: `Plan "${result.name}" is saved` });
  };
  const runAndShow = async (result: Plan): Promise<void> => {
    try {
      const { runId } = await api.call('POST /plans/{id}/run', { params: { id: result.id } });
      await navigate({ to: '/runs/$runId', params: { runId } });
    } catch (error) {
      showToast({ tone: 'bad', title: 'The plan is saved, but was not run', detail: sentenceFor(error) });
      await navigate({ to: '/plans/$planId', params: { planId: result.id } });
    }
  };
  return (
    <form
      ref={element}
      className={styles.layout}
      aria-label="Plan"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void save(false);
      }}
    >
      <div className={styles.sections}>
        <div className={styles.column}>
          <WhatSection form={form} estimate={estimate} />
        </div>
        <div className={styles.column}>
          <WhereSection form={form} estimate={estimate} />
          <WhenSection form={form} />
          <KeepSection form={form} />
          <AfterSection form={form} />
          <LimitsSection form={form} />
        </div>
      </div>
      <div className={styles.aside}>
        <ReviewPanel form={form} onGoTo={goTo} onRunNow={() => void save(true)} />
      </div>
      <ConfirmDialog
        isOpen={leaving.status === 'blocked'}
        onClose={() => leaving.reset?.()}
        title="Leave without saving?"
        confirm="Leave"
        danger
        onConfirm={() => leaving.proceed?.()}
      >
        What is filled in here is lost.
      </ConfirmDialog>
    </form>
  );
}

const ORDER = Object.keys(FIELD_WORDS);
