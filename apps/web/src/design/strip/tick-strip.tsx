import type { StripCell } from '@periodic-backup/contracts/http';
import { runLooks } from '../state/states.js';
import { formatExact } from '../../format/instants.js';
import { formatDuration } from '../../format/durations.js';
import { countOf, formatBytes } from '../../format/sizes.js';
import { summaryOf } from './strip-summary.js';
import styles from './tick-strip.module.css';

const CELL = 7;
const GAP = 2;
const HEIGHT = 22;

export interface TickStripProps {
  /** Oldest first. */
  readonly cells: readonly StripCell[];
  /** How many there is room for: what the plan was not there for yet is drawn faintly. */
  readonly length?: number;
  readonly label: string;
}

/**
 * What became of the last due times, newest at the right. Colour and shape: committed is full, partial is lower, failed is
 * notched, missed is hollow, so that nobody needs to tell red from green.
 */
export function TickStrip({ cells, length = 30, label }: TickStripProps) {
  const shown = cells.slice(-length);
  const before = length - shown.length;
  const width = length * (CELL + GAP) - GAP;
  return (
    <svg
      className={styles.strip}
      width={width}
      height={HEIGHT}
      viewBox={`0 0 ${width} ${HEIGHT}`}
      role="img"
      aria-label={`${label}: ${summaryOf(shown)}`}
    >
      {Array.from({ length: before }, (_, index) => (
        <rect
          key={index}
          className={styles.before}
          x={index * (CELL + GAP)}
          y={HEIGHT - 4}
          width={CELL}
          height={3}
          rx={1.5}
        />
      ))}
      {shown.map((cell, index) => (
        <g key={cell.scheduledFor} transform={`translate(${(before + index) * (CELL + GAP)} 0)`}>
          <title>{describe(cell)}</title>
          <Tick state={cell.state} />
        </g>
      ))}
    </svg>
  );
}

function Tick({ state }: { readonly state: StripCell['state'] }) {
  switch (state) {
    case 'committed':
      return <rect className={styles.ok} width={CELL} height={HEIGHT} rx={2} />;
    case 'partial':
      return <rect className={styles.warn} y={HEIGHT * 0.36} width={CELL} height={HEIGHT * 0.64} rx={2} />;
    case 'failed':
      return (
        <>
          <rect className={styles.bad} width={CELL} height={HEIGHT * 0.58} rx={2} />
          <rect className={styles.bad} y={HEIGHT * 0.72} width={CELL} height={HEIGHT * 0.28} rx={2} />
        </>
      );
    case 'missed':
      return (
        <rect
          className={styles.missed}
          x={0.75}
          y={0.75}
          width={CELL - 1.5}
          height={HEIGHT - 1.5}
          rx={1.75}
        />
      );
    case 'running':
      return <rect className={styles.run} width={CELL} height={HEIGHT} rx={2} />;
    case 'waiting':
    case 'queued':
      return <rect className={styles.idle} y={HEIGHT * 0.5} width={CELL} height={HEIGHT * 0.5} rx={2} />;
    case 'cancelled':
      return <rect className={styles.idle} y={HEIGHT - 4} width={CELL} height={3} rx={1.5} />;
  }
}

function describe(cell: StripCell): string {
  const { word } = runLooks[cell.state];
  const parts = [`${formatExact(new Date(cell.scheduledFor))}: ${word}`];
  if (cell.durationMs !== null) parts.push(formatDuration(cell.durationMs));
  if (cell.files > 0) parts.push(countOf(cell.files, 'file'), `${formatBytes(cell.bytesStored)} new`);
  if (cell.filesFailed > 0) parts.push(`${countOf(cell.filesFailed, 'file')} could not be stored`);
  return `${parts.join(' · ')}${cell.reason ? `\n${cell.reason}` : ''}`;
}
