import type { RunDetail } from '@periodic-backup/contracts/http';
import { useNavigate } from '@tanstack/react-router';
import { Archive, Ban, Play } from 'lucide-react';
import { useState } from 'react';
import { useAction } from '../../api/use-action.js';
import { useMay } from '../../api/use-may.js';
import { Button } from '../../design/button/button.js';
import { ButtonLink } from '../../design/button/button-link.js';
import { ConfirmDialog } from '../../design/dialog/confirm-dialog.js';
import { isFinal } from '../../live/final-states.js';

/** What can be done with a run: stop it, try it again, look into the snapshot it made. */
export function RunActions({ run }: { readonly run: RunDetail }) {
  const navigate = useNavigate();
  const [asked, setAsked] = useState(false);
  const mayOperate = useMay('operate');
  const cancel = useAction('POST /runs/{id}/cancel', {
    done: 'The run ends at its next step',
    failed: 'The run was not cancelled',
    refreshes: ['GET /runs/{id}', 'GET /runs'],
  });
  const again = useAction('POST /plans/{id}/run', {
    failed: 'No backup was started',
    refreshes: ['GET /runs'],
  });
  const ended = isFinal(run.state);
  return (
    <>
      {run.snapshotId !== null && (
        <ButtonLink
          kind="primary"
          icon={Archive}
          to="/snapshots/$snapshotId"
          params={{ snapshotId: run.snapshotId }}
        >
          Open the snapshot
        </ButtonLink>
      )}
      {mayOperate && ended && run.kind === 'backup' && (
        <Button
          icon={Play}
          pending={again.isPending}
          onPress={() =>
            again.mutate(
              { params: { id: run.planId } },
              { onSuccess: ({ runId }) => void navigate({ to: '/runs/$runId', params: { runId } }) },
            )
          }
        >
          Run again
        </Button>
      )}
      {mayOperate && !ended && (
        <Button
          icon={Ban}
          isDisabled={run.cancelRequestedAt !== null}
          pending={cancel.isPending}
          onPress={() => setAsked(true)}
        >
          {run.cancelRequestedAt === null ? 'Cancel' : 'Being cancelled'}
        </Button>
      )}
      <ConfirmDialog
        isOpen={asked}
        onClose={() => setAsked(false)}
        title="Cancel this run?"
        confirm="Cancel the run"
        danger
        onConfirm={() => {
          setAsked(false);
          cancel.mutate({ params: { id: run.id } });
        }}
      >
        {run.kind === 'backup'
          ? 'No snapshot is made of it. What has reached the vault is not sent again by the next backup of the plan; earlier snapshots stay as they are.'
          : 'It ends at its next step. What it has done until then stays.'}
      </ConfirmDialog>
    </>
  );
}
