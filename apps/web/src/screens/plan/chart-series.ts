import type { PlanCharts } from '@periodic-backup/contracts/http';
import type { ChartProps } from '../../design/chart/chart.js';
import { formatDuration } from '../../format/durations.js';
import { countOf, formatBytes, formatShortCount } from '../../format/sizes.js';

/** What is drawn of a plan's figures; nothing where nothing is known. */
export function chartsOf({ points, drills }: PlanCharts): ChartProps[] {
  const times = points.map(({ from }) => seconds(from));
  const bad = points.map(({ failed, missed }) => failed + missed);
  const timed = drills.filter((drill) => drill.durationMs !== null);
  return [
    ...(points.length === 0
      ? []
      : [
          {
            title: 'Duration',
            summary: spanWords(
              points.map(({ durationMs }) => durationMs),
              formatDuration,
            ),
            times,
            format: formatDuration,
            series: [
              {
                label: 'Backup',
                values: points.map(({ durationMs }) => durationMs),
                tone: 'accent' as const,
              },
            ],
          },
          {
            title: 'Bytes',
            summary: spanWords(
              points.map(({ bytesRead }) => bytesRead),
              formatBytes,
            ),
            times,
            format: formatBytes,
            series: [
              { label: 'Read', values: points.map(({ bytesRead }) => bytesRead), tone: 'run' as const },
              {
                label: 'New in the vault',
                values: points.map(({ bytesStored }) => bytesStored),
                tone: 'ok' as const,
              },
            ],
          },
          {
            title: 'Files',
            summary: spanWords(
              points.map(({ files }) => files),
              (files) => countOf(Math.round(files), 'file'),
            ),
            times,
            format: formatShortCount,
            series: [
              { label: 'In the source', values: points.map(({ files }) => files), tone: 'accent' as const },
            ],
          },
          ...(bad.some((count) => count > 0)
            ? [
                {
                  title: 'Failed and missed',
                  summary: `${countOf(
                    bad.reduce((sum, count) => sum + count, 0),
                    'run',
                  )} in all.`,
                  times,
                  format: formatShortCount,
                  series: [{ label: 'Runs', values: bad, tone: 'bad' as const, draw: 'bars' as const }],
                },
              ]
            : []),
        ]),
    ...(timed.length === 0
      ? []
      : [
          {
            title: 'Restore, as tested',
            summary: spanWords(
              timed.map(({ durationMs }) => durationMs),
              formatDuration,
            ),
            times: timed.map(({ requestedAt }) => seconds(requestedAt)),
            format: formatDuration,
            series: [
              {
                label: 'Restore time',
                values: timed.map(({ durationMs }) => durationMs),
                tone: 'ok' as const,
                draw: 'bars' as const,
              },
            ],
          },
        ]),
  ];
}

function seconds(at: string): number {
  return Math.floor(Date.parse(at) / 1000);
}

/** The picture in words: where it lies, and where it ends. */
function spanWords(values: readonly (number | null)[], format: (value: number) => string): string {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return 'Nothing is known.';
  const [low, high, last] = [Math.min(...known), Math.max(...known), known.at(-1)!];
  return `Between ${format(low)} and ${format(high)}, last ${format(last)}.`;
}
