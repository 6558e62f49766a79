import type { AlertChannelView } from '@periodic-backup/contracts/http';
import { Pencil, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useAction } from '../../api/use-action.js';
import { useMay } from '../../api/use-may.js';
import { Button } from '../../design/button/button.js';
import { ConfirmDialog } from '../../design/dialog/confirm-dialog.js';
import { Switch } from '../../design/field/switch.js';
import { Card } from '../../design/page/card.js';
import { ChannelTest } from './channel-test.js';
import { CHANNEL_KINDS, placeOfChannel } from './channel-words.js';
import styles from './alerts.module.css';

/** A channel: where it leads, a test of it, and what can be done with it. */
export function AlertChannelCard({
  channel,
  onEdit,
}: {
  readonly channel: AlertChannelView;
  readonly onEdit: () => void;
}) {
  const { id, name, enabled, settings } = channel;
  const mayChange = useMay('administer');
  const mayTest = useMay('operate');
  const [asking, setAsking] = useState(false);
  const change = useAction('PATCH /alert-channels/{id}', {
    failed: 'The channel was not changed',
    refreshes: ['GET /alert-channels'],
  });
  const remove = useAction('DELETE /alert-channels/{id}', {
    done: `The channel "${name}" is gone`,
    failed: 'The channel was not deleted',
    refreshes: ['GET /alert-channels'],
  });
  const { label, icon: Icon } = CHANNEL_KINDS[settings.kind];
  return (
    <Card title={name} aside={enabled ? label : `${label}, off`}>
      <div className={styles.card}>
        <ul className={styles.sentences}>
          {placeOfChannel(channel).map((line, index) => (
            <li key={line} className={styles.buttons}>
              {index === 0 && <Icon size={16} aria-hidden />} {line}
            </li>
          ))}
        </ul>
        {mayTest && <ChannelTest channelId={id} name={name} />}
        {mayChange && (
          <div className={styles.foot}>
            <Switch
              isSelected={enabled}
              isDisabled={change.isPending}
              onChange={(on) => change.mutate({ params: { id }, body: { enabled: on } })}
              aria-label={`${name} is on`}
            >
              On
            </Switch>
            <span className={styles.buttons}>
              <Button size="small" icon={Pencil} onPress={onEdit} aria-label={`Change ${name}`}>
                Change
              </Button>
              <Button
                kind="quiet"
                size="small"
                icon={Trash2}
                aria-label={`Delete ${name}`}
                onPress={() => setAsking(true)}
              />
            </span>
          </div>
        )}
      </div>
      <ConfirmDialog
        isOpen={asking}
        onClose={() => setAsking(false)}
        title={`Delete the channel "${name}"?`}
        confirm="Delete channel"
        danger
        pending={remove.isPending}
        onConfirm={() => remove.mutate({ params: { id } }, { onSettled: () => setAsking(false) })}
      >
        Nothing is sent there any more; messages that wait for it are given up.
      </ConfirmDialog>
    </Card>
  );
}
