import { useState } from 'react';
import { useAction } from '../../api/use-action.js';
import { Button } from '../../design/button/button.js';
import { ConfirmDialog } from '../../design/dialog/confirm-dialog.js';
import styles from './agents.module.css';

/** Puts a machine out that was lost, sold or broken into. */
export function CutOffAgent({ agentId, onDone }: { readonly agentId: string; readonly onDone: () => void }) {
  const [asking, setAsking] = useState(false);
  const revoke = useAction('POST /agents/{id}/revoke', {
    done: `${agentId} was cut off`,
    failed: `${agentId} was not cut off`,
    refreshes: ['GET /agents', 'GET /overview'],
  });
  return (
    <div className={`${styles.part} ${styles.spread}`}>
      <p className={styles.note}>
        Lost or stolen? Its certificate, its way to the queue and its sessions end within seconds. Snapshots
        stay.
      </p>
      <Button kind="danger" onPress={() => setAsking(true)}>
        Cut off
      </Button>
      <ConfirmDialog
        isOpen={asking}
        onClose={() => setAsking(false)}
        title={`Cut ${agentId} off?`}
        confirm="Cut off"
        danger
        pending={revoke.isPending}
        onConfirm={() =>
          revoke.mutate(
            { params: { id: agentId } },
            {
              onSettled: () => {
                setAsking(false);
                onDone();
              },
            },
          )
        }
      >
        Its plans can run no more, and their runs will be reported as missed, until a machine joins under this
        name again. Nothing that was backed up is lost.
      </ConfirmDialog>
    </div>
  );
}
