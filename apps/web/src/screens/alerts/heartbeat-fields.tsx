import { Plus, Trash2 } from 'lucide-react';
import { Button } from '../../design/button/button.js';
import { Select } from '../../design/field/select.js';
import { TextField } from '../../design/field/text-field.js';
import { useField } from '../../forms/use-field.js';
import { newPing, PING_URLS, type PingUrl } from './channel-draft.js';
import type { ChannelControl } from './channel-fields.js';
import { PlanField } from './plan-field.js';
import styles from './alerts.module.css';

const URL_WORDS: Readonly<Record<PingUrl, string>> = {
  startUrl: 'When a backup starts',
  successUrl: 'When it is committed',
  failUrl: 'When it fails or is missed',
};

/** URLs to call, plan by plan. */
export function HeartbeatFields({ control }: { readonly control: ChannelControl }) {
  const method = useField(control, 'settings.method');
  const partial = useField(control, 'settings.partialCountsAs');
  const pings = useField(control, 'settings.pings');
  return (
    <>
      <div className={styles.pair}>
        <Select
          label="Method"
          options={[
            { id: 'GET', label: 'GET' },
            { id: 'POST', label: 'POST' },
          ]}
          value={method.value}
          onChange={(value) => method.onChange(value === 'POST' ? 'POST' : 'GET')}
        />
        <Select
          label="A backup that left files out counts as"
          options={[
            { id: 'fail', label: 'failed' },
            { id: 'success', label: 'committed' },
          ]}
          value={partial.value}
          onChange={(value) => partial.onChange(value === 'success' ? 'success' : 'fail')}
        />
      </div>
      {pings.value.map((ping, index) => (
        <div key={index} className={styles.ping}>
          <PlanOfPing control={control} index={index} />
          {PING_URLS.map((name) => (
            <PingUrlField
              key={name}
              control={control}
              index={index}
              name={name}
              kept={ping.stored.includes(name)}
            />
          ))}
          {pings.value.length > 1 && (
            <div>
              <Button
                kind="quiet"
                size="small"
                icon={Trash2}
                onPress={() => pings.onChange(pings.value.filter((_, one) => one !== index))}
              >
                Leave this plan out
              </Button>
            </div>
          )}
        </div>
      ))}
      <div>
        <Button size="small" icon={Plus} onPress={() => pings.onChange([...pings.value, newPing()])}>
          Another plan
        </Button>
      </div>
    </>
  );
}

function PlanOfPing({ control, index }: { readonly control: ChannelControl; readonly index: number }) {
  const field = useField(control, `settings.pings.${index}.planId`);
  return (
    <PlanField
      label="Plan"
      planId={field.value === '' ? null : field.value}
      onChange={field.onChange}
      error={field.error}
    />
  );
}

function PingUrlField({
  control,
  index,
  name,
  kept,
}: {
  readonly control: ChannelControl;
  readonly index: number;
  readonly name: PingUrl;
  readonly kept: boolean;
}) {
  return (
    <TextField
      label={URL_WORDS[name]}
      mono
      placeholder={kept ? 'stays as it is' : 'https://hc-ping.com/…'}
      {...useField(control, `settings.pings.${index}.${name}`)}
    />
  );
}
