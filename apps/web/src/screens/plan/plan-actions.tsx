import type { Plan } from '@periodic-backup/contracts/http';
import type { ReadRoute } from '@periodic-backup/api-client/http';
import { useNavigate } from '@tanstack/react-router';
import { Copy, Ellipsis, LifeBuoy, Pause, Pencil, Play, RotateCcw, ShieldCheck, Trash2 } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { useAction } from '../../api/use-action.js';
import { useMay } from '../../api/use-may.js';
import { Button } from '../../design/button/button.js';
import { ButtonLink } from '../../design/button/button-link.js';
import { Menu } from '../../design/menu/menu.js';

const DeletePlanDialog = lazy(() => import('./delete-plan-dialog.js'));
const DrillDialog = lazy(() => import('./drill-dialog.js'));

const STATE: readonly ReadRoute[] = [
  'GET /plans',
  'GET /plans/{id}',
  'GET /plan-health',
  'GET /plans/{id}/health',
];

/** What can be done with a plan. */
export function PlanActions({ plan }: { readonly plan: Plan }) {
  const navigate = useNavigate();
  const [asked, setAsked] = useState<'delete' | 'drill' | null>(null);
  const [mayOperate, mayDelete] = [useMay('operate'), useMay('delete')];
  const params = { id: plan.id };
  const show = ({ runId }: { readonly runId: string }): void =>
    void navigate({ to: '/runs/$runId', params: { runId } });
  const run = useAction('POST /plans/{id}/run', {
    failed: 'No backup was started',
    refreshes: ['GET /runs'],
  });
  const verify = useAction('POST /plans/{id}/verify', {
    failed: 'No verification was started',
    refreshes: ['GET /runs'],
  });
  const pause = useAction('POST /plans/{id}/pause', {
    done: `"${plan.name}" is paused: nothing is due until you resume it`,
    failed: 'The plan was not paused',
    refreshes: STATE,
  });
  const resume = useAction('POST /plans/{id}/resume', {
    done: `"${plan.name}" is due again`,
    failed: 'The plan was not resumed',
    refreshes: STATE,
  });
  const isPaused = plan.pausedAt !== null;
  if (!mayOperate) return null;
  return (
    <>
      <Button
        kind="primary"
        icon={Play}
        pending={run.isPending}
        onPress={() => run.mutate({ params }, { onSuccess: show })}
      >
        Run now
      </Button>
      <Button
        icon={isPaused ? RotateCcw : Pause}
        pending={pause.isPending || resume.isPending}
        onPress={() => (isPaused ? resume : pause).mutate({ params })}
      >
        {isPaused ? 'Resume' : 'Pause'}
      </Button>
      <ButtonLink icon={Pencil} to="/plans/$planId/edit" params={{ planId: plan.id }}>
        Edit
      </ButtonLink>
      <Menu
        label="More for this plan"
        trigger={<Button icon={Ellipsis} aria-label="More for this plan" />}
        actions={[
          {
            ...{ id: 'verify', label: 'Verify now', icon: ShieldCheck },
            onAction: () => verify.mutate({ params }, { onSuccess: show }),
          },
          { id: 'drill', label: 'Test a restore', icon: LifeBuoy, onAction: () => setAsked('drill') },
          {
            ...{ id: 'copy', label: 'Duplicate', icon: Copy },
            onAction: () => void navigate({ to: '/plans/new', search: { copy: plan.id } }),
          },
          ...(mayDelete
            ? [
                {
                  ...{ id: 'delete', label: 'Delete', icon: Trash2, danger: true },
                  onAction: () => setAsked('delete'),
                },
              ]
            : []),
        ]}
      />
      <Suspense fallback={null}>
        {asked === 'delete' && <DeletePlanDialog plan={plan} onClose={() => setAsked(null)} />}
        {asked === 'drill' && <DrillDialog plan={plan} onClose={() => setAsked(null)} onStarted={show} />}
      </Suspense>
    </>
  );
}
