import { RetentionPreview } from '@periodic-backup/contracts';
import { answer, type CommandContext } from '../command-context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { findPlan } from '../naming/find-plan.js';
import { table } from '../output/table.js';

export interface RetentionOptions {
  readonly last?: number;
  readonly hourly?: number;
  readonly daily?: number;
  readonly weekly?: number;
  readonly monthly?: number;
  readonly yearly?: number;
  /** Days. */
  readonly within?: number;
}

/** `pbk retention preview PLAN`: by the policy of the options, or by the plan's own if there are none. */
export async function previewRetention(
  context: CommandContext,
  planName: string,
  { within, ...counts }: RetentionOptions,
): Promise<ExitCode> {
  const plan = await findPlan(context.api, planName);
  const wished = { ...counts, ...(within === undefined ? {} : { withinSeconds: within * 86_400 }) };
  const retention = Object.keys(wished).length === 0 ? plan.retention : wished;
  const preview = await context.api.send(RetentionPreview, 'POST', `/plans/${plan.id}/retention/preview`, {
    retention,
  });
  answer(context, preview, () => inWords(preview));
  return EXIT.ok;
}

function inWords({ sentences, items }: RetentionPreview): string {
  const list = table(
    ['SNAPSHOT', 'STAYS BECAUSE'],
    items.map(({ snapshot, keptBy, removable, good }) => [
      snapshot,
      `${removable ? 'GOES' : keptBy.join(', ')}${good ? '' : '  (damaged)'}`,
    ]),
  );
  return [...sentences, ...(items.length > 0 ? ['', list] : [])].join('\n');
}
