import type { Plan } from '@periodic-backup/contracts/http';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { apiQuery } from '../../api/queries.js';
import { useAction } from '../../api/use-action.js';
import { ConfirmDialog } from '../../design/dialog/confirm-dialog.js';
import { ErrorState } from '../../design/feedback/error-state.js';
import { SkeletonRows } from '../../design/feedback/skeleton.js';
import { Sentence } from '../../design/time/sentence.js';
import styles from './plan.module.css';

/** Asks before a plan is deleted, and says what becomes of everything that hangs on it. */
export default function DeletePlanDialog({
  plan,
  onClose,
}: {
  readonly plan: Plan;
  readonly onClose: () => void;
}) {
  const navigate = useNavigate();
  const params = { id: plan.id };
  const deletion = useQuery({ ...apiQuery('GET /plans/{id}/deletion', { params }), staleTime: 0 });
  const remove = useAction('DELETE /plans/{id}', {
    done: `The plan "${plan.name}" is deleted; its snapshots stay`,
    failed: 'The plan was not deleted',
    refreshes: ['GET /plans', 'GET /plan-health', 'GET /overview'],
  });
  const onConfirm = (): void =>
    remove.mutate(
      { params },
      {
        onSuccess: () => {
          onClose();
          void navigate({ to: '/plans' });
        },
      },
    );
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={`Delete the plan "${plan.name}"?`}
      confirm="Delete plan"
      danger
      pending={remove.isPending}
      onConfirm={onConfirm}
    >
      {deletion.isError ? (
        <ErrorState error={deletion.error} onRetry={() => void deletion.refetch()} />
      ) : deletion.data ? (
        <ul className={styles.consequences}>
          {deletion.data.sentences.map((sentence) => (
            <li key={sentence}>
              <Sentence text={sentence} />
            </li>
          ))}
        </ul>
      ) : (
        <SkeletonRows rows={3} what="the consequences" />
      )}
    </ConfirmDialog>
  );
}
