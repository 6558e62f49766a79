import { Power } from 'lucide-react';
import { useState } from 'react';
import { useAction } from '../../api/use-action.js';
import { Button } from '../../design/button/button.js';
import { ConfirmDialog } from '../../design/dialog/confirm-dialog.js';

/** Ends a receiver that was started here, for good. */
export function StopReceiver({
  receiverId,
  targetDir,
}: {
  readonly receiverId: string;
  readonly targetDir: string;
}) {
  const [asking, setAsking] = useState(false);
  const stop = useAction('DELETE /receivers/{id}', {
    done: ({ sentence }) => sentence,
    failed: `${receiverId} was not stopped`,
    refreshes: ['GET /receivers', 'GET /vaults', 'GET /overview'],
  });
  return (
    <>
      <Button
        size="small"
        icon={Power}
        pending={stop.isPending}
        aria-label={`Stop ${receiverId}`}
        onPress={() => setAsking(true)}
      >
        Stop
      </Button>
      <ConfirmDialog
        isOpen={asking}
        onClose={() => setAsking(false)}
        title={`Stop ${receiverId}?`}
        confirm="Stop the receiver"
        danger
        onConfirm={() => {
          setAsking(false);
          stop.mutate({ params: { id: receiverId } });
        }}
      >
        It lets its clients finish, ends, and is not started again. What it received stays in {targetDir};
        start a receiver there again to serve it.
      </ConfirmDialog>
    </>
  );
}
