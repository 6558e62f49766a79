import { TokenInput, type TokenMade } from '@periodic-backup/contracts/http';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api/api.js';
import { refresh } from '../../api/queries.js';
import { Button } from '../../design/button/button.js';
import { Dialog } from '../../design/dialog/dialog.js';
import { Callout } from '../../design/feedback/callout.js';
import { NumberField } from '../../design/field/number-field.js';
import { TextField } from '../../design/field/text-field.js';
import { Copyable } from '../../design/layout/copyable.js';
import { Form } from '../../forms/form.js';
import { useApiForm } from '../../forms/use-api-form.js';
import { useField } from '../../forms/use-field.js';
import { RoleFields } from './role-fields.js';
import styles from './settings.module.css';

const DAYS = 90;

/** Makes a token and shows it, once. */
export function TokenDialog({ onClose }: { readonly onClose: () => void }) {
  const [made, setMade] = useState<TokenMade | null>(null);
  return (
    <Dialog isOpen onClose={onClose} title={made ? made.name : 'New token'}>
      {made ? (
        <div className={styles.programs}>
          <Callout tone="ok" title="Take it along now">
            It is shown only this once. Whoever has it may what it may.
          </Callout>
          <Copyable text={made.token} label="the token" />
          <div>
            <Button kind="primary" onPress={onClose}>
              Done
            </Button>
          </div>
        </div>
      ) : (
        <TokenForm onMade={setMade} onClose={onClose} />
      )}
    </Dialog>
  );
}

function TokenForm({
  onMade,
  onClose,
}: {
  readonly onMade: (token: TokenMade) => void;
  readonly onClose: () => void;
}) {
  const client = useQueryClient();
  const { form, onSubmit, problem, pending } = useApiForm({
    schema: TokenInput,
    defaults: { name: '', role: 'viewer', granted: [], expiresInDays: DAYS },
    fields: ['name', 'role', 'granted', 'expiresInDays'],
    submit: async (body) => {
      onMade(await api.call('POST /tokens', { body }));
      await refresh(client, 'GET /tokens');
    },
  });
  const role = useField(form.control, 'role');
  const granted = useField(form.control, 'granted');
  const days = useField(form.control, 'expiresInDays');
  return (
    <Form
      label="New token"
      onSubmit={onSubmit}
      problem={problem}
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" pending={pending}>
            Make token
          </Button>
        </>
      }
    >
      <TextField
        label="Name"
        description="What uses it, such as monitoring."
        autoComplete="off"
        autoFocus
        {...useField(form.control, 'name')}
      />
      <RoleFields
        role={role.value ?? 'viewer'}
        onRole={role.onChange}
        granted={granted.value ?? []}
        onGranted={granted.onChange}
        error={role.error ?? granted.error}
      />
      <NumberField
        label="Ends after so many days"
        minValue={1}
        maxValue={3660}
        value={days.value ?? DAYS}
        onChange={days.onChange}
        onBlur={days.onBlur}
        error={days.error}
      />
    </Form>
  );
}
