import type { ReceiverView } from '@periodic-backup/contracts/http';
import { useState } from 'react';
import { useAction } from '../../api/use-action.js';
import { sentenceFor } from '../../api/problems.js';
import { Button } from '../../design/button/button.js';
import { Dialog } from '../../design/dialog/dialog.js';
import { NumberField } from '../../design/field/number-field.js';

/** Changes how many clients a receiver takes at once. */
export function MaxClientsDialog({
  receiver: { receiverId, maxClients, activeSessions },
  onClose,
}: {
  readonly receiver: ReceiverView;
  readonly onClose: () => void;
}) {
  const [wanted, setWanted] = useState(maxClients);
  const change = useAction('PATCH /receivers/{id}', {
    done: ({ maxClients: now }) => `${receiverId} takes ${now} clients at once`,
    failed: null,
    refreshes: ['GET /receivers', 'GET /overview'],
  });
  const error = Number.isNaN(wanted)
    ? 'Say how many clients it takes at once, at least 1.'
    : change.error
      ? sentenceFor(change.error)
      : undefined;
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`Clients of ${receiverId}`}
      size="small"
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button
            kind="primary"
            pending={change.isPending}
            isDisabled={Number.isNaN(wanted)}
            onPress={() =>
              change.mutate(
                { params: { id: receiverId }, body: { maxClients: wanted } },
                { onSuccess: onClose },
              )
            }
          >
            Save
          </Button>
        </>
      }
    >
      <NumberField
        label="Clients at once"
        description={`${activeSessions} connected now. A lower maximum sends nobody away: it holds for the next ones.`}
        minValue={1}
        maxValue={10_000}
        autoFocus
        value={wanted}
        onChange={setWanted}
        error={error}
      />
    </Dialog>
  );
}
