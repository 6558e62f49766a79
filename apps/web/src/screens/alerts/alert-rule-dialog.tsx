import { AlertRuleInput, type AlertRule } from '@periodic-backup/contracts/http';
import { useQueryClient } from '@tanstack/react-query';
import { api } from '../../api/api.js';
import { refresh } from '../../api/queries.js';
import { Button } from '../../design/button/button.js';
import { Dialog } from '../../design/dialog/dialog.js';
import { NumberField } from '../../design/field/number-field.js';
import { Select } from '../../design/field/select.js';
import { TextField } from '../../design/field/text-field.js';
import { showToast } from '../../design/toast/toasts.js';
import { Form } from '../../forms/form.js';
import { useApiForm } from '../../forms/use-api-form.js';
import { useField } from '../../forms/use-field.js';
import { ChannelChoice } from './channel-choice.js';
import { KindChecks } from './kind-checks.js';
import { PlanChoice } from './plan-choice.js';
import { REPEATS, repeatOf } from './repeats.js';
import { ThresholdFields } from './threshold-fields.js';
import styles from './alerts.module.css';

export interface AlertRuleDialogProps {
  /** Null: a new one. */
  readonly rule: AlertRule | null;
  readonly onClose: () => void;
}

/** Says what is watched, of which plans, and who is told how often. */
export function AlertRuleDialog({ rule, onClose }: AlertRuleDialogProps) {
  const client = useQueryClient();
  const { form, onSubmit, problem, pending } = useApiForm({
    schema: AlertRuleInput,
    defaults: inputOf(rule),
    fields: [
      'name',
      'kinds',
      'planIds',
      'channelIds',
      'minSeverity',
      'repeatSeconds',
      'groupingSeconds',
      'thresholds',
    ],
    submit: async (body) => {
      if (rule) await api.call('PATCH /alert-rules/{id}', { params: { id: rule.id }, body });
      else await api.call('POST /alert-rules', { body });
      showToast({ tone: 'ok', title: `The rule "${body.name}" is saved` });
      await refresh(client, 'GET /alert-rules');
      onClose();
    },
  });
  const severity = useField(form.control, 'minSeverity');
  const repeat = useField(form.control, 'repeatSeconds');
  const grouping = useField(form.control, 'groupingSeconds');
  const kinds = useField(form.control, 'kinds');
  const plans = useField(form.control, 'planIds');
  const channels = useField(form.control, 'channelIds');
  const title = rule ? `Change "${rule.name}"` : 'New rule';
  return (
    <Dialog isOpen onClose={onClose} title={title} size="large">
      <Form
        label={title}
        onSubmit={onSubmit}
        problem={problem}
        actions={
          <>
            <Button onPress={onClose}>Cancel</Button>
            <Button kind="primary" type="submit" pending={pending}>
              Save rule
            </Button>
          </>
        }
      >
        <TextField label="Name" autoComplete="off" {...useField(form.control, 'name')} />
        <KindChecks chosen={kinds.value ?? []} onChange={kinds.onChange} error={kinds.error} />
        <div className={styles.pair}>
          <Select
            label="From which severity on"
            options={[
              { id: 'warning', label: 'Warnings, too' },
              { id: 'critical', label: 'Only what is critical' },
            ]}
            value={severity.value ?? 'warning'}
            onChange={(value) => severity.onChange(value === 'critical' ? 'critical' : 'warning')}
            error={severity.error}
          />
          <Select
            label="Told again while it stays open"
            options={REPEATS}
            value={repeatOf(repeat.value ?? null)}
            onChange={(value) => repeat.onChange(value === 'never' ? null : Number(value))}
            error={repeat.error}
          />
          <NumberField
            label="Gathered for so many seconds"
            description="What happens within them goes in one message."
            minValue={0}
            maxValue={3600}
            value={grouping.value ?? 0}
            onChange={grouping.onChange}
            error={grouping.error}
          />
        </div>
        <PlanChoice planIds={plans.value ?? null} onChange={plans.onChange} error={plans.error} />
        <ChannelChoice
          channelIds={channels.value ?? null}
          onChange={channels.onChange}
          error={channels.error}
        />
        <ThresholdFields control={form.control} />
      </Form>
    </Dialog>
  );
}

/** A new one as the API fills in what is left out. */
function inputOf(rule: AlertRule | null) {
  if (!rule) return { ...AlertRuleInput.parse({ name: 'new' }), name: '' };
  const {
    name,
    enabled,
    kinds,
    planIds,
    channelIds,
    minSeverity,
    repeatSeconds,
    groupingSeconds,
    thresholds,
  } = rule;
  return {
    name,
    enabled,
    kinds,
    planIds,
    channelIds,
    minSeverity,
    repeatSeconds,
    groupingSeconds,
    thresholds,
  };
}
