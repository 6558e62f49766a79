import {
  UserInput,
  UserPatch,
  type GrantedRight,
  type Role,
  type UserView,
} from '@periodic-backup/contracts/http';
import { useQueryClient } from '@tanstack/react-query';
import type { Control } from 'react-hook-form';
import { z } from 'zod';
import { api } from '../../api/api.js';
import { refresh } from '../../api/queries.js';
import { sessionQuery } from '../../api/session.js';
import { Button } from '../../design/button/button.js';
import { Dialog } from '../../design/dialog/dialog.js';
import { Callout } from '../../design/feedback/callout.js';
import { TextField } from '../../design/field/text-field.js';
import { showToast } from '../../design/toast/toasts.js';
import { Form } from '../../forms/form.js';
import { useApiForm } from '../../forms/use-api-form.js';
import { useField } from '../../forms/use-field.js';
import { RoleFields } from './role-fields.js';

interface UserDraft {
  readonly name: string;
  readonly password: string;
  readonly role: Role;
  readonly granted: GrantedRight[];
}

/** A password that is left empty stays as it is. */
const ChangedUser = z
  .custom<UserDraft>()
  .transform(({ password, role, granted }): z.input<typeof UserPatch> => ({
    ...{ role, granted },
    ...(password === '' ? {} : { password }),
  }))
  .pipe(UserPatch);
const NewUser = z
  .custom<UserDraft>()
  .transform((draft): z.input<typeof UserInput> => draft)
  .pipe(UserInput);

export interface UserDialogProps {
  /** Null: a new one. */
  readonly user: UserView | null;
  /** The first user ends that everybody on this machine may do everything. */
  readonly isFirst: boolean;
  readonly onClose: () => void;
}

/** Makes or changes a user. */
export function UserDialog({ user, isFirst, onClose }: UserDialogProps) {
  const title = user ? `Change "${user.name}"` : 'New user';
  return (
    <Dialog isOpen onClose={onClose} title={title}>
      {user ? (
        <ChangeForm user={user} title={title} onClose={onClose} />
      ) : (
        <AddForm isFirst={isFirst} title={title} onClose={onClose} />
      )}
    </Dialog>
  );
}

function AddForm({
  isFirst,
  title,
  onClose,
}: {
  readonly isFirst: boolean;
  readonly title: string;
  readonly onClose: () => void;
}) {
  const client = useQueryClient();
  const { form, onSubmit, problem, pending } = useApiForm({
    schema: NewUser,
    defaults: {
      ...{ name: '', password: '', role: isFirst ? ('admin' as const) : ('operator' as const) },
      granted: isFirst ? (['restore', 'delete'] as const).slice() : [],
    },
    fields: ['name', 'password', 'role', 'granted'],
    submit: async (body) => {
      await api.call('POST /users', { body });
      showToast({ tone: 'ok', title: `${body.name} may log in` });
      onClose();
      await client.invalidateQueries({ queryKey: sessionQuery.queryKey });
      await refresh(client, 'GET /users');
    },
  });
  return (
    <Form
      label={title}
      onSubmit={onSubmit}
      problem={problem}
      actions={<Deeds pending={pending} onClose={onClose} />}
    >
      {isFirst && (
        <Callout tone="idle" title="From then on everybody logs in">
          Whoever is on this machine may do everything until there is a user. The first one is an admin.
        </Callout>
      )}
      <TextField label="Name" autoComplete="off" autoFocus {...useField(form.control, 'name')} />
      <TextField
        label="Password"
        description="At least 12 characters: several words make a good one."
        type="password"
        autoComplete="new-password"
        {...useField(form.control, 'password')}
      />
      <RoleOf form={form} />
    </Form>
  );
}

function ChangeForm({
  user,
  title,
  onClose,
}: {
  readonly user: UserView;
  readonly title: string;
  readonly onClose: () => void;
}) {
  const client = useQueryClient();
  const { form, onSubmit, problem, pending } = useApiForm({
    schema: ChangedUser,
    defaults: { name: user.name, password: '', role: user.role, granted: user.granted },
    fields: ['password', 'role', 'granted'],
    submit: async (body) => {
      await api.call('PATCH /users/{id}', { params: { id: user.id }, body });
      showToast({ tone: 'ok', title: `${user.name} was changed` });
      await refresh(client, 'GET /users');
      onClose();
    },
  });
  return (
    <Form
      label={title}
      onSubmit={onSubmit}
      problem={problem}
      actions={<Deeds pending={pending} onClose={onClose} />}
    >
      <TextField
        label="New password"
        description="Left empty, it stays. A new one ends every session of theirs."
        type="password"
        autoComplete="new-password"
        {...useField(form.control, 'password')}
      />
      <RoleOf form={form} />
    </Form>
  );
}

function RoleOf<Output>({
  form: { control },
}: {
  readonly form: { readonly control: Control<UserDraft, unknown, Output> };
}) {
  const role = useField(control, 'role');
  const granted = useField(control, 'granted');
  return (
    <RoleFields
      role={role.value}
      onRole={role.onChange}
      granted={granted.value}
      onGranted={granted.onChange}
      error={role.error ?? granted.error}
    />
  );
}

function Deeds({ pending, onClose }: { readonly pending: boolean; readonly onClose: () => void }) {
  return (
    <>
      <Button onPress={onClose}>Cancel</Button>
      <Button kind="primary" type="submit" pending={pending}>
        Save user
      </Button>
    </>
  );
}
