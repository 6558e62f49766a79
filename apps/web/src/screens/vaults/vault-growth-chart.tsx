import type { VaultSample } from '@periodic-backup/contracts/http';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { apiQuery } from '../../api/queries.js';
import { Chart } from '../../design/chart/chart.js';
import { ErrorState } from '../../design/feedback/error-state.js';
import { Skeleton } from '../../design/feedback/skeleton.js';
import { FilterChips } from '../../design/filter/filter-chips.js';
import { formatBytes } from '../../format/sizes.js';
import { serverNow } from '../../live/server-clock.js';
import styles from './vaults.module.css';

const PERIODS = [
  { id: '30', label: '30 days' },
  { id: '90', label: '90 days' },
  { id: '365', label: 'A year' },
] as const;
const HEIGHT_PX = 220;
const DAY_MS = 86_400_000;

/** The space of a vault over time. */
export function VaultGrowthChart({ vaultId, name }: { readonly vaultId: string; readonly name: string }) {
  const [days, setDays] = useState<(typeof PERIODS)[number]['id']>('30');
  const since = useMemo(() => new Date(serverNow().getTime() - Number(days) * DAY_MS).toISOString(), [days]);
  const growth = useQuery({
    ...apiQuery('GET /vaults/{id}/growth', { params: { id: vaultId }, query: { since } }),
    placeholderData: keepPreviousData,
  });
  const chips = <FilterChips label={`Period of ${name}`} chips={PERIODS} chosen={[days]} onPress={setDays} />;
  if (growth.error) return <ErrorState error={growth.error} onRetry={() => void growth.refetch()} />;
  if (!growth.data) return <Skeleton height={`${HEIGHT_PX}px`} />;
  const { points } = growth.data;
  return (
    <div className={styles.chart}>
      {chips}
      {points.length < 2 ? (
        <p className={styles.muted}>There will be a chart once the vault was looked at a few times.</p>
      ) : (
        <Chart
          title="Stored content"
          summary={inWords(points)}
          height={HEIGHT_PX}
          times={points.map(({ at }) => Date.parse(at) / 1000)}
          series={[
            {
              label: 'Content of snapshots',
              tone: 'accent',
              values: points.map(({ storedBytes }) => storedBytes),
            },
          ]}
          format={formatBytes}
        />
      )}
    </div>
  );
}

function inWords(points: readonly VaultSample[]): string {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last) return 'Nothing is known yet.';
  return `From ${formatBytes(first.storedBytes)} to ${formatBytes(last.storedBytes)}.`;
}
