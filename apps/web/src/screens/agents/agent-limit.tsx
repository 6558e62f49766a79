import type { AgentView, Bandwidth } from '@periodic-backup/contracts/http';
import { useState } from 'react';
import { useAction } from '../../api/use-action.js';
import { Button } from '../../design/button/button.js';
import { countOf, formatRate } from '../../format/sizes.js';
import { RateLimitField } from '../fleet/rate-limit-field.js';
import styles from './agents.module.css';

/** The limit of all runs of an agent together; its timetable stays as it is. */
export function AgentLimit({ agent: { agentId, bandwidth } }: { readonly agent: AgentView }) {
  const [rate, setRate] = useState(bandwidth?.bytesPerSecond ?? null);
  const change = useAction('PATCH /agents/{id}', {
    done: `The limit of ${agentId} was changed`,
    failed: 'The limit was not changed',
    refreshes: ['GET /agents', 'GET /agents/{id}'],
  });
  const windows = bandwidth?.windows ?? [];
  const wanted: Bandwidth | null =
    rate === null && windows.length === 0
      ? null
      : { bytesPerSecond: rate, timezone: bandwidth?.timezone ?? 'UTC', windows };
  return (
    <div className={styles.part}>
      <div className={styles.limit}>
        <RateLimitField label="Limit of all its runs together" bytesPerSecond={rate} onChange={setRate} />
        <Button
          pending={change.isPending}
          isDisabled={rate === (bandwidth?.bytesPerSecond ?? null)}
          onPress={() => change.mutate({ params: { id: agentId }, body: { bandwidth: wanted } })}
        >
          Save
        </Button>
      </div>
      {windows.length > 0 && (
        <p className={styles.note}>
          Outside {countOf(windows.length, 'window')} of its timetable ({bandwidth?.timezone}):{' '}
          {windows
            .map(
              ({ from, to, bytesPerSecond }) =>
                `${from} to ${to} ${bytesPerSecond === null ? 'full speed' : formatRate(bytesPerSecond)}`,
            )
            .join(', ')}
          .
        </p>
      )}
    </div>
  );
}
