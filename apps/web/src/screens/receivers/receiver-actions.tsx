import type { ReceiverView } from '@periodic-backup/contracts/http';
import type { ReadRoute } from '@periodic-backup/api-client/http';
import { CircleMinus, Gauge, RotateCcw } from 'lucide-react';
import { useState } from 'react';
import { useAction } from '../../api/use-action.js';
import { useMay } from '../../api/use-may.js';
import { Button } from '../../design/button/button.js';
import { ConfirmDialog } from '../../design/dialog/confirm-dialog.js';
import { countOf } from '../../format/sizes.js';
import { MaxClientsDialog } from './max-clients-dialog.js';
import { StopReceiver } from './stop-receiver.js';
import styles from './receivers.module.css';

const STALE: readonly ReadRoute[] = ['GET /receivers', 'GET /overview'];

/** What can be done with a receiver while it runs. */
export function ReceiverActions({ receiver }: { readonly receiver: ReceiverView }) {
  const { receiverId, online, draining, activeSessions } = receiver;
  const [asked, setAsked] = useState<'clients' | 'drain' | null>(null);
  const change = useAction('PATCH /receivers/{id}', {
    done: ({ draining: drains }) =>
      drains ? `${receiverId} takes no new clients` : `${receiverId} takes clients again`,
    failed: `${receiverId} was not changed`,
    refreshes: STALE,
  });
  const setDraining = (drains: boolean): void => {
    setAsked(null);
    change.mutate({ params: { id: receiverId }, body: { draining: drains } });
  };
  const [mayOperate, mayAdminister] = [useMay('operate'), useMay('administer')];
  if (!mayOperate) return null;
  return (
    <div className={styles.actions}>
      <Button
        size="small"
        icon={Gauge}
        isDisabled={!online}
        aria-label={`Change the maximum of ${receiverId}`}
        onPress={() => setAsked('clients')}
      >
        Change the maximum
      </Button>
      <Button
        size="small"
        icon={draining ? RotateCcw : CircleMinus}
        isDisabled={!online}
        pending={change.isPending}
        aria-label={draining ? `Take clients again at ${receiverId}` : `Drain ${receiverId}`}
        onPress={() => (draining ? setDraining(false) : setAsked('drain'))}
      >
        {draining ? 'Take clients again' : 'Drain'}
      </Button>
      {mayAdminister && receiver.startedHere && (
        <StopReceiver receiverId={receiverId} targetDir={receiver.targetDir} />
      )}
      {asked === 'clients' && <MaxClientsDialog receiver={receiver} onClose={() => setAsked(null)} />}
      <ConfirmDialog
        isOpen={asked === 'drain'}
        onClose={() => setAsked(null)}
        title={`Drain ${receiverId}?`}
        confirm="Drain"
        onConfirm={() => setDraining(true)}
      >
        It takes no new clients.{' '}
        {activeSessions > 0 &&
          `${countOf(activeSessions, 'client that is', 'clients that are')} connected may finish. `}
        Runs go to other receivers of its vault, or wait if there is none. Once it is empty, it can be stopped
        without anybody noticing.
      </ConfirmDialog>
    </div>
  );
}
