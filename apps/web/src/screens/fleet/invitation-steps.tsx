import type { Invitation } from '@periodic-backup/contracts/http';
import { useQuery } from '@tanstack/react-query';
import { apiQuery } from '../../api/queries.js';
import { Button } from '../../design/button/button.js';
import { Callout } from '../../design/feedback/callout.js';
import { Spinner } from '../../design/feedback/spinner.js';
import { Copyable } from '../../design/layout/copyable.js';
import { RelativeTime } from '../../design/time/relative-time.js';
import type { Joiner } from './join-dialog.js';
import styles from './invitation-steps.module.css';

const LOOK_MS = 2000;
/** Of an agent: what it may read is said on its own machine, nowhere else. */
const ALLOW = ' --allow /directory/it/may/read';

export interface InvitationStepsProps {
  readonly joiner: Joiner;
  readonly invitation: Invitation;
  readonly onDone: () => void;
}

/** The line to type on the other machine; says when that has joined. */
export function InvitationSteps({ joiner, invitation, onDone }: InvitationStepsProps) {
  const { id, command, expiresAt, replaces } = invitation;
  const here = useIsHere(joiner, id, invitation);
  return (
    <div className={styles.steps}>
      {replaces && (
        <Callout tone="warn">
          {`A machine called ${id} has joined before: it is cut off once this line is used.`}
        </Callout>
      )}
      <p>
        Type this on the machine that is to be <b>{id}</b>. It works once, until{' '}
        <RelativeTime at={expiresAt} show="clock" />, and is shown only now: it holds a secret.
      </p>
      <Copyable text={joiner === 'agent' ? command + ALLOW : command} label="the command" />
      {joiner === 'agent' && (
        <p className={styles.detail}>
          Name each directory that may be backed up with an <code>--allow</code> of its own. What a machine
          lets be read is set there only, never from here.
        </p>
      )}
      {here ? (
        <Callout tone="ok" title={`${id} is here`}>
          {joiner === 'agent' ? 'It can be chosen in a new plan now.' : 'It takes backups from now on.'}
        </Callout>
      ) : (
        <p className={styles.waiting} role="status">
          <Spinner /> Waiting for {id} …
        </p>
      )}
      <div className={styles.actions}>
        <Button kind={here ? 'primary' : 'plain'} onPress={onDone}>
          {here ? 'Done' : 'Close'}
        </Button>
      </div>
    </div>
  );
}

/** Whether it has come since it was invited. */
function useIsHere(joiner: Joiner, id: string, { expiresAt }: Invitation): boolean {
  const invitedAtMs = Date.parse(expiresAt) - 15 * 60_000;
  const agents = useQuery({
    ...apiQuery('GET /agents'),
    enabled: joiner === 'agent',
    refetchInterval: LOOK_MS,
  });
  const receivers = useQuery({
    ...apiQuery('GET /receivers'),
    enabled: joiner === 'receiver',
    refetchInterval: LOOK_MS,
  });
  const machines = [
    ...(agents.data?.items ?? []).map((agent) => ({ ...agent, id: agent.agentId })),
    ...(receivers.data?.items ?? []).map((receiver) => ({ ...receiver, id: receiver.receiverId })),
  ];
  return machines.some(
    ({ id: one, online, startedAt }) =>
      one === id && online && startedAt !== undefined && Date.parse(startedAt) > invitedAtMs,
  );
}
