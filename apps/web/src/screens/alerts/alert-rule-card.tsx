import type { AlertRule } from '@periodic-backup/contracts/http';
import { useQuery } from '@tanstack/react-query';
import { Pencil, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { apiQuery } from '../../api/queries.js';
import { useAction } from '../../api/use-action.js';
import { useMay } from '../../api/use-may.js';
import { Button } from '../../design/button/button.js';
import { ConfirmDialog } from '../../design/dialog/confirm-dialog.js';
import { Switch } from '../../design/field/switch.js';
import { Card } from '../../design/page/card.js';
import { formatAge } from '../../format/durations.js';
import { countOf } from '../../format/sizes.js';
import { ALERT_KINDS, ALERT_KIND_WORDS } from './alert-words.js';
import styles from './alerts.module.css';

/** A rule in words, its switch, and what can be done with it. */
export function AlertRuleCard({ rule, onEdit }: { readonly rule: AlertRule; readonly onEdit: () => void }) {
  const { id, name, enabled } = rule;
  const mayChange = useMay('administer');
  const [asking, setAsking] = useState(false);
  const change = useAction('PATCH /alert-rules/{id}', {
    failed: 'The rule was not changed',
    refreshes: ['GET /alert-rules'],
  });
  const remove = useAction('DELETE /alert-rules/{id}', {
    done: `The rule "${name}" is gone`,
    failed: 'The rule was not deleted',
    refreshes: ['GET /alert-rules'],
  });
  return (
    <Card title={name} aside={enabled ? 'on' : 'off'}>
      <div className={styles.card}>
        <RuleInWords rule={rule} />
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
        title={`Delete the rule "${name}"?`}
        confirm="Delete rule"
        danger
        pending={remove.isPending}
        onConfirm={() => remove.mutate({ params: { id } }, { onSettled: () => setAsking(false) })}
      >
        What only this rule watches is told to nobody any more. Alerts that are open stay in the list.
      </ConfirmDialog>
    </Card>
  );
}

function RuleInWords({ rule }: { readonly rule: AlertRule }) {
  const { kinds, planIds, channelIds, minSeverity, repeatSeconds } = rule;
  const channels = useQuery({ ...apiQuery('GET /alert-channels'), enabled: channelIds !== null });
  const names = channels.data?.items.filter(({ id }) => channelIds?.includes(id)).map((one) => one.name);
  return (
    <ul className={styles.sentences}>
      <li>
        {kinds.length === ALERT_KINDS.length
          ? 'Everything that can go wrong'
          : ALERT_KINDS.filter((kind) => kinds.includes(kind))
              .map((kind) => ALERT_KIND_WORDS[kind])
              .join(' · ')}
        {minSeverity === 'critical' && ', if it is critical'}
      </li>
      <li>{planIds === null ? 'Of all plans, also future ones' : `Of ${countOf(planIds.length, 'plan')}`}</li>
      <li>
        {channelIds === null
          ? 'Told to all channels'
          : names
            ? `Told to ${names.join(', ') || 'nobody'}`
            : `Told to ${countOf(channelIds.length, 'channel')}`}
      </li>
      <li>
        {repeatSeconds === null
          ? 'Told once'
          : `Told again every ${formatAge(repeatSeconds)} while it stays open`}
      </li>
    </ul>
  );
}
