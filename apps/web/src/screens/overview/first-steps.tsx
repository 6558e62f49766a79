import type { Overview } from '@periodic-backup/contracts/http';
import type { LinkProps } from '@tanstack/react-router';
import { Circle, CircleCheck } from 'lucide-react';
import { ButtonLink } from '../../design/button/button-link.js';
import { Card } from '../../design/page/card.js';
import styles from './first-steps.module.css';

type Step = keyof Overview['setup'];

const STEPS: readonly {
  readonly step: Step;
  readonly title: string;
  readonly text: string;
  readonly action: string;
  readonly link: LinkProps;
}[] = [
  {
    ...{
      step: 'receiver',
      title: 'A receiver keeps a vault',
      action: 'Show receivers',
      link: { to: '/receivers' },
    },
    text: 'It takes backups and stores them.',
  },
  {
    ...{
      step: 'agent',
      title: 'An agent runs where the files are',
      action: 'Show agents',
      link: { to: '/agents' },
    },
    text: 'It reads the directories that its machine allows, and nothing else.',
  },
  {
    ...{
      step: 'plan',
      title: 'A plan says what, where to and when',
      action: 'New plan',
      link: { to: '/plans/new' },
    },
    text: 'What it would take is shown before it is saved.',
  },
  {
    ...{ step: 'backup', title: 'The first backup', action: 'Show plans', link: { to: '/plans' } },
    text: 'It begins when the plan is due, or at once if you like.',
  },
  {
    ...{
      step: 'restore',
      title: 'The first test restore',
      action: 'Restore something',
      link: { to: '/restore' },
    },
    text: 'A backup is worth what can be got back from it: try it once, into a new folder.',
  },
];

/** What a new installation still has to do; goes when all is done. */
export function FirstSteps({ setup }: { readonly setup: Overview['setup'] }) {
  const next = STEPS.find(({ step }) => !setup[step])?.step;
  const done = STEPS.filter(({ step }) => setup[step]).length;
  return (
    <Card title="First steps" aside={`${done} of ${STEPS.length} done`} padding="none">
      <ol className={styles.steps}>
        {STEPS.map(({ step, title, text, action, link }) => {
          const Icon = setup[step] ? CircleCheck : Circle;
          return (
            <li key={step} className={styles.step} data-done={setup[step]} data-next={step === next}>
              <Icon size={18} aria-hidden />
              <div>
                <p className={styles.title}>
                  {title}
                  <span className="visually-hidden">{setup[step] ? ': done' : ': to be done'}</span>
                </p>
                {step === next && <p className={styles.text}>{text}</p>}
              </div>
              {step === next && (
                <ButtonLink kind="primary" size="small" {...link}>
                  {action}
                </ButtonLink>
              )}
            </li>
          );
        })}
      </ol>
    </Card>
  );
}
