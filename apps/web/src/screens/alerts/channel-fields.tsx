import type { AlertChannelInput } from '@periodic-backup/contracts/http';
import type { Control } from 'react-hook-form';
import { NumberField } from '../../design/field/number-field.js';
import { Select } from '../../design/field/select.js';
import { TextField } from '../../design/field/text-field.js';
import { useField } from '../../forms/use-field.js';
import type { ChannelDraft } from './channel-draft.js';
import type { ChannelKind } from './channel-words.js';
import { HeartbeatFields } from './heartbeat-fields.js';
import styles from './alerts.module.css';

export type ChannelControl = Control<ChannelDraft, unknown, AlertChannelInput>;

export interface ChannelFieldsProps {
  readonly control: ChannelControl;
  readonly kind: ChannelKind;
  readonly isNew: boolean;
}

/** What a kind of channel needs to know. */
export function ChannelFields({ control, kind, isNew }: ChannelFieldsProps) {
  switch (kind) {
    case 'email':
      return <EmailFields control={control} isNew={isNew} />;
    case 'webhook':
      return <WebhookFields control={control} isNew={isNew} />;
    case 'ntfy':
      return <NtfyFields control={control} isNew={isNew} />;
    case 'heartbeat':
      return <HeartbeatFields control={control} />;
  }
}

type PartProps = Omit<ChannelFieldsProps, 'kind'>;

const KEPT = 'Left empty, it stays as it is.';

const SECURITIES = [
  { id: 'starttls', label: 'STARTTLS', detail: 'Port 587; refused if the server cannot' },
  { id: 'tls', label: 'TLS', detail: 'Port 465; from the first byte' },
  { id: 'plain', label: 'None', detail: 'Port 25; anybody on the way can read it' },
];

function EmailFields({ control, isNew }: PartProps) {
  const port = useField(control, 'settings.port');
  const security = useField(control, 'settings.security');
  return (
    <>
      <TextField
        label="To"
        description="Addresses, one a line."
        rows={2}
        {...useField(control, 'settings.to')}
      />
      <TextField label="From" placeholder="backup@example.org" {...useField(control, 'settings.from')} />
      <div className={styles.pair}>
        <TextField
          label="Mail server"
          placeholder="mail.example.org"
          {...useField(control, 'settings.host')}
        />
        <NumberField
          label="Port"
          minValue={1}
          maxValue={65_535}
          formatOptions={{ useGrouping: false }}
          {...port}
        />
        <Select
          label="Encryption"
          options={SECURITIES}
          value={security.value}
          error={security.error}
          onChange={(value) => security.onChange(value === 'tls' || value === 'plain' ? value : 'starttls')}
        />
      </div>
      <div className={styles.pair}>
        <TextField
          label="User"
          description="Empty: none is needed."
          autoComplete="off"
          {...useField(control, 'settings.user')}
        />
        <TextField
          label="Password"
          type="password"
          autoComplete="new-password"
          {...(isNew ? {} : { description: KEPT })}
          {...useField(control, 'settings.password')}
        />
      </div>
    </>
  );
}

function WebhookFields({ control, isNew }: PartProps) {
  return (
    <>
      <TextField
        label="URL"
        mono
        placeholder="https://chat.example.org/hooks/…"
        {...useField(control, 'settings.url')}
      />
      <TextField
        label="Secret"
        description={isNew ? 'Signs each message. Left empty, one is made and shown once.' : KEPT}
        mono
        autoComplete="off"
        placeholder="whsec_…"
        {...useField(control, 'settings.secret')}
      />
    </>
  );
}

function NtfyFields({ control, isNew }: PartProps) {
  return (
    <>
      <TextField label="Server" mono placeholder="https://ntfy.sh" {...useField(control, 'settings.url')} />
      <TextField
        label="Topic"
        description="Whoever knows it can read along: make it hard to guess."
        mono
        {...useField(control, 'settings.topic')}
      />
      <TextField
        label="Access token"
        description={isNew ? 'Empty: the topic is open to all.' : KEPT}
        mono
        autoComplete="off"
        {...useField(control, 'settings.token')}
      />
    </>
  );
}
