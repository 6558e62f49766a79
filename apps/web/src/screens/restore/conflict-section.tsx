import type { ConflictRule } from '@periodic-backup/contracts/http';
import { CircleStop, CopyPlus, Replace, SkipForward, type LucideIcon } from 'lucide-react';
import { RadioCards } from '../../design/field/radio-cards.js';
import { Card } from '../../design/page/card.js';
import { useField } from '../../forms/use-field.js';
import type { RestoreFormState } from './where-section.js';

const WAYS: Readonly<
  Record<ConflictRule, { readonly label: string; readonly description: string; readonly icon: LucideIcon }>
> = {
  fail: {
    ...{ label: 'Restore nothing', icon: CircleStop },
    description: 'Ends before anything is written, and says what is in the way.',
  },
  skip: {
    ...{ label: 'Leave what is there', icon: SkipForward },
    description: 'Restores only what is not there.',
  },
  rename: {
    ...{ label: 'Put it beside', icon: CopyPlus },
    description: 'Restores under another name; what is there stays.',
  },
  overwrite: {
    ...{ label: 'Replace what is there', icon: Replace },
    description: 'What is there and differs is lost.',
  },
};
const RULES = Object.keys(WAYS) as ConflictRule[];

/** What happens where something stands in a file's way. What is the same already is left alone, whatever is chosen. */
export function ConflictSection({ form }: { readonly form: RestoreFormState }) {
  const conflict = useField(form.control, 'conflict');
  return (
    <Card title="If something is in the way">
      <RadioCards
        label="Conflict rule"
        cards={RULES.map((rule) => ({ value: rule, ...WAYS[rule] }))}
        value={conflict.value ?? 'fail'}
        onChange={(rule) => conflict.onChange(rule as ConflictRule)}
        error={conflict.error}
      />
    </Card>
  );
}
