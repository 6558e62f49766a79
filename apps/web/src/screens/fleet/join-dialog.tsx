import { InvitationRequest, type Invitation } from '@periodic-backup/contracts/http';
import { useState } from 'react';
import { api } from '../../api/api.js';
import { Button } from '../../design/button/button.js';
import { Dialog } from '../../design/dialog/dialog.js';
import { TextField } from '../../design/field/text-field.js';
import { Form } from '../../forms/form.js';
import { useApiForm } from '../../forms/use-api-form.js';
import { useField } from '../../forms/use-field.js';
import { InvitationSteps } from './invitation-steps.js';

/** What may join, and the words for it. */
const JOINERS = {
  agent: {
    title: 'Join a machine',
    what: 'A name for the machine, such as laptop-ada. Plans name it.',
    route: 'POST /agents/invitations',
  },
  receiver: {
    title: 'Join a receiver',
    what: 'A name for the receiver, such as cellar-01.',
    route: 'POST /receivers/invitations',
  },
} as const;

export type Joiner = keyof typeof JOINERS;

export interface JoinDialogProps {
  readonly joiner: Joiner;
  readonly onClose: () => void;
}

/** Asks for a name, then shows the one line that the other machine needs, and says when it is there. */
export function JoinDialog({ joiner, onClose }: JoinDialogProps) {
  const [invitation, setInvitation] = useState<Invitation | null>(null);
  return (
    <Dialog isOpen onClose={onClose} title={JOINERS[joiner].title}>
      {invitation ? (
        <InvitationSteps joiner={joiner} invitation={invitation} onDone={onClose} />
      ) : (
        <NameForm joiner={joiner} onInvited={setInvitation} onClose={onClose} />
      )}
    </Dialog>
  );
}

function NameForm({
  joiner,
  onInvited,
  onClose,
}: JoinDialogProps & { readonly onInvited: (invitation: Invitation) => void }) {
  const { title, what, route } = JOINERS[joiner];
  const { form, onSubmit, problem, pending } = useApiForm({
    schema: InvitationRequest,
    defaults: { id: '' },
    fields: ['id'],
    submit: async (body) => onInvited(await api.call(route, { body })),
  });
  return (
    <Form
      label={title}
      onSubmit={onSubmit}
      problem={problem}
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" pending={pending}>
            Make the line
          </Button>
        </>
      }
    >
      <TextField
        label="Name"
        description={what}
        autoFocus
        autoComplete="off"
        {...useField(form.control, 'id')}
      />
    </Form>
  );
}
