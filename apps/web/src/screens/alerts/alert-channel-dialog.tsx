import type { AlertChannelView } from '@periodic-backup/contracts/http';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api/api.js';
import { refresh } from '../../api/queries.js';
import { Button } from '../../design/button/button.js';
import { Dialog } from '../../design/dialog/dialog.js';
import { Callout } from '../../design/feedback/callout.js';
import { RadioCards } from '../../design/field/radio-cards.js';
import { TextField } from '../../design/field/text-field.js';
import { Copyable } from '../../design/layout/copyable.js';
import { showToast } from '../../design/toast/toasts.js';
import { Form } from '../../forms/form.js';
import { useApiForm } from '../../forms/use-api-form.js';
import { useField } from '../../forms/use-field.js';
import { ChannelDraftSchema, draftOf, PING_URLS } from './channel-draft.js';
import { ChannelFields } from './channel-fields.js';
import { CHANNEL_KINDS, type ChannelKind } from './channel-words.js';
import styles from './alerts.module.css';

export interface AlertChannelDialogProps {
  /** Null: a new one. */
  readonly channel: AlertChannelView | null;
  readonly onClose: () => void;
}

const KINDS = Object.keys(CHANNEL_KINDS) as ChannelKind[];
const SETTINGS = [
  ...(['url', 'secret', 'host', 'port', 'security', 'user', 'password', 'from', 'to', 'tlsCa'] as const),
  ...(['topic', 'token', 'method', 'partialCountsAs', 'pings'] as const),
];

/** Says where alerts go. A secret that the API makes is shown once, before the dialog closes. */
export function AlertChannelDialog({ channel, onClose }: AlertChannelDialogProps) {
  const [newSecret, setNewSecret] = useState<string | null>(null);
  const title = channel ? `Change "${channel.name}"` : 'New channel';
  return (
    <Dialog isOpen onClose={onClose} title={title} size="large">
      {newSecret === null ? (
        <ChannelForm
          channel={channel}
          title={title}
          onClose={onClose}
          onSaved={(secret) => (secret === null ? onClose() : setNewSecret(secret))}
        />
      ) : (
        <div className={styles.stack}>
          <Callout tone="ok" title="The channel is saved">
            With this secret the receiving side checks that a message is from here. It is shown only now.
          </Callout>
          <Copyable text={newSecret} label="the secret" />
          <div>
            <Button kind="primary" onPress={onClose}>
              Done
            </Button>
          </div>
        </div>
      )}
    </Dialog>
  );
}

function ChannelForm({
  channel,
  title,
  onClose,
  onSaved,
}: AlertChannelDialogProps & {
  readonly title: string;
  readonly onSaved: (newSecret: string | null) => void;
}) {
  const client = useQueryClient();
  const draft = draftOf(channel);
  const { form, onSubmit, problem, pending } = useApiForm({
    schema: ChannelDraftSchema,
    defaults: draft,
    fields: [
      'name',
      ...SETTINGS.map((name) => `settings.${name}` as const),
      ...draft.settings.pings.flatMap((_, index) =>
        PING_URLS.map((url) => `settings.pings.${index}.${url}` as const),
      ),
    ],
    submit: async ({ name, settings }) => {
      const saved = channel
        ? await api.call('PATCH /alert-channels/{id}', {
            params: { id: channel.id },
            body: { name, settings },
          })
        : await api.call('POST /alert-channels', { body: { name, settings } });
      showToast({ tone: 'ok', title: `The channel "${name}" is saved` });
      await refresh(client, 'GET /alert-channels');
      onSaved(saved.newSecret);
    },
  });
  const kind = useField(form.control, 'settings.kind');
  return (
    <Form
      label={title}
      onSubmit={onSubmit}
      problem={problem}
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" pending={pending}>
            Save channel
          </Button>
        </>
      }
    >
      {!channel && (
        <RadioCards
          label="How"
          cards={KINDS.map((value) => ({ value, ...CHANNEL_KINDS[value] }))}
          value={kind.value}
          onChange={(value) => kind.onChange(KINDS.find((one) => one === value) ?? 'email')}
        />
      )}
      <TextField
        label="Name"
        autoComplete="off"
        placeholder="On-call telephone"
        {...useField(form.control, 'name')}
      />
      <ChannelFields control={form.control} kind={kind.value} isNew={channel === null} />
    </Form>
  );
}
