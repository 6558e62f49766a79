import type { Attention, SuggestedAction } from '@periodic-backup/contracts/http';
import type { LinkProps } from '@tanstack/react-router';
import { useAction } from '../../api/use-action.js';
import { useMay } from '../../api/use-may.js';
import { Button } from '../../design/button/button.js';
import { ButtonLink } from '../../design/button/button-link.js';

/** The one thing to do about it, as a button. */
export function AttentionAction({ attention }: { readonly attention: Attention }) {
  const { kind, subject, words } = attention.action;
  // Longer ones are advice: they stand beside the cause.
  const label = words.length <= 28 && !words.endsWith('.') ? words : SHORT[kind];
  switch (kind) {
    case 'run-now':
    case 'resume':
    case 'verify':
      return <Deed kind={kind} planId={subject} label={label} />;
    default:
      return (
        <ButtonLink size="small" {...linkOf(kind, subject)}>
          {label}
        </ButtonLink>
      );
  }
}

const SHORT: Readonly<Record<SuggestedAction, string>> = {
  'run-now': 'Back up now',
  resume: 'Resume',
  verify: 'Verify now',
  'open-plan': 'Look at the plan',
  'open-run': 'See why',
  'open-agent': 'Look at the agent',
  'open-receivers': 'Look at receivers',
  'open-vault': 'Look at the vault',
  'start-agent': 'How to start it',
  'start-receiver': 'Look at receivers',
  'add-plan': 'Add a plan',
};

function linkOf(kind: Exclude<SuggestedAction, 'run-now' | 'resume' | 'verify'>, subject: string): LinkProps {
  switch (kind) {
    case 'open-plan':
      return { to: '/plans/$planId', params: { planId: subject } };
    case 'open-run':
      return { to: '/runs/$runId', params: { runId: subject } };
    case 'open-agent':
    case 'start-agent':
      return { to: '/agents', search: { agent: subject } };
    case 'open-receivers':
    case 'start-receiver':
      return { to: '/receivers' };
    case 'open-vault':
      return { to: '/vaults' };
    case 'add-plan':
      return { to: '/plans/new' };
  }
}

const DEEDS = {
  'run-now': { route: 'POST /plans/{id}/run', done: 'A backup was started', failed: 'No backup was started' },
  resume: {
    route: 'POST /plans/{id}/resume',
    done: 'The plan was resumed',
    failed: 'The plan was not resumed',
  },
  verify: {
    route: 'POST /plans/{id}/verify',
    done: 'A verification was started',
    failed: 'No verification was started',
  },
} as const;

function Deed({
  kind,
  planId,
  label,
}: {
  readonly kind: keyof typeof DEEDS;
  readonly planId: string;
  readonly label: string;
}) {
  const { route, done, failed } = DEEDS[kind];
  const deed = useAction(route, { done, failed, refreshes: ['GET /overview', 'GET /plan-strips'] });
  const may = useMay('operate');
  if (!may) return null;
  return (
    <Button size="small" pending={deed.isPending} onPress={() => deed.mutate({ params: { id: planId } })}>
      {label}
    </Button>
  );
}
