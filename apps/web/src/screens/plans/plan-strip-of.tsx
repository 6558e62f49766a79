import type { PlanStrip } from '@periodic-backup/contracts/http';
import { TickStrip } from '../../design/strip/tick-strip.js';

/** The last due times of a plan. */
export function PlanStripOf({
  strip,
  planName,
  length,
}: {
  readonly strip: PlanStrip;
  readonly planName: string;
  readonly length: number;
}) {
  return <TickStrip cells={strip.cells} length={length} label={`Last runs of ${planName}`} />;
}
