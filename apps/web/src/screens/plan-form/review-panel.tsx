import { Play, Save } from 'lucide-react';
import { Button } from '../../design/button/button.js';
import { Callout } from '../../design/feedback/callout.js';
import { SkeletonRows } from '../../design/feedback/skeleton.js';
import { Fold } from '../../design/layout/fold.js';
import { Card } from '../../design/page/card.js';
import { sentenceFor } from '../../api/problems.js';
import { PlanCommands } from './plan-commands.js';
import { ProblemList } from './problem-list.js';
import type { PlanForm } from './use-plan-form.js';
import styles from './review.module.css';

export interface ReviewPanelProps {
  readonly form: PlanForm;
  readonly onGoTo: (field: string) => void;
  readonly onRunNow: () => void;
}

/** The plan in plain words, what is wrong with it, the same by other means, and the buttons. */
export function ReviewPanel({ form, onGoTo, onRunNow }: ReviewPanelProps) {
  const { preview, previewError, problems, problem, plan, pending } = form;
  return (
    <Card title="In plain words">
      <div className={styles.review}>
        {preview ? (
          <ul className={styles.sentences}>
            {preview.review.map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        ) : previewError ? (
          <Callout tone="warn">{sentenceFor(previewError)}</Callout>
        ) : (
          <SkeletonRows rows={3} what="the review" />
        )}
        {problem && <Callout tone="bad">{problem}</Callout>}
        <ProblemList problems={problems} onGoTo={onGoTo} />
        <div className={styles.actions}>
          <Button kind={plan ? 'plain' : 'primary'} icon={Play} pending={pending} onPress={onRunNow}>
            Save and run now
          </Button>
          <Button type="submit" kind={plan ? 'primary' : 'plain'} icon={Save} isDisabled={pending}>
            {plan ? 'Save changes' : 'Save'}
          </Button>
        </div>
        {preview && (
          <Fold title="The same as a command">
            <PlanCommands commands={preview.commands} />
          </Fold>
        )}
      </div>
    </Card>
  );
}
