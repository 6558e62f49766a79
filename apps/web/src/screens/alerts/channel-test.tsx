import { useQuery } from '@tanstack/react-query';
import { Send } from 'lucide-react';
import { useState } from 'react';
import { apiQuery } from '../../api/queries.js';
import { useAction } from '../../api/use-action.js';
import { Button } from '../../design/button/button.js';
import { Callout } from '../../design/feedback/callout.js';
import styles from './alerts.module.css';

const LOOK_MS = 700;

/** Sends a test message and says what became of it, in the other side's words. */
export function ChannelTest({ channelId, name }: { readonly channelId: string; readonly name: string }) {
  const [deliveryId, setDeliveryId] = useState<string | null>(null);
  const test = useAction('POST /alert-channels/{id}/test', {
    failed: 'The test was not sent',
    refreshes: ['GET /alert-deliveries'],
  });
  const delivery = useQuery({
    ...apiQuery('GET /alert-deliveries/{id}', { params: { id: deliveryId ?? '' } }),
    enabled: deliveryId !== null,
    // The first attempt decides: further ones of a test that failed come by themselves.
    refetchInterval: ({ state: { data } }) => (data && data.attempts.length > 0 ? false : LOOK_MS),
  });
  const attempt = delivery.data?.attempts.at(-1);
  const waiting = test.isPending || (deliveryId !== null && !attempt);
  return (
    <div className={styles.stack}>
      <div>
        <Button
          size="small"
          icon={Send}
          pending={waiting}
          aria-label={`Send a test to ${name}`}
          onPress={() =>
            test.mutate(
              { params: { id: channelId } },
              { onSuccess: ({ deliveryId: made }) => setDeliveryId(made) },
            )
          }
        >
          Send a test
        </Button>
      </div>
      {attempt && (
        <Callout tone={attempt.ok ? 'ok' : 'bad'} title={attempt.ok ? 'The test arrived' : 'The test failed'}>
          {attempt.result}
        </Callout>
      )}
    </div>
  );
}
