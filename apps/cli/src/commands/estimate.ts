import { Estimate } from '@periodic-backup/contracts';
import { count, formatBytes } from '@periodic-backup/terminal';
import { answer, type CommandContext } from '../command-context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { findPlan } from '../naming/find-plan.js';
import { shown } from '../output/table.js';

/** `pbk estimate PLAN`: what a run of it would take now, asked of its agent. Exits 3 if something cannot be read. */
export async function estimatePlan(
  context: CommandContext,
  planName: string,
  seconds: number,
): Promise<ExitCode> {
  const { id, agentId, sourceDir, excludes } = await findPlan(context.api, planName);
  const request = { sourceDir, excludes, planId: id, budgetMs: Math.min(30, Math.max(1, seconds)) * 1000 };
  const estimate = await context.api.send(Estimate, 'POST', `/agents/${agentId}/estimate`, request);
  answer(context, estimate, () => inWords(estimate));
  return estimate.unreadable.count > 0 ? EXIT.partial : EXIT.ok;
}

function inWords({ complete, files, bytes, directories, excluded, unreadable, toSend }: Estimate): string {
  const so = complete ? '' : ' so far; the time was up (--seconds)';
  return [
    `${count(files, 'file')} in ${count(directories, 'directory', 'directories')}, ${formatBytes(bytes)}${so}`,
    ...(toSend
      ? [
          `to send: ${count(toSend.files, 'file')}, ${formatBytes(toSend.bytes)}${toSend.complete ? '' : ' so far'}`,
        ]
      : []),
    ...excluded.rules.map(
      ({ rule, paths, files: left, bytes: size }) =>
        `left out by ${shown(rule)}: ${paths === 0 ? 'nothing' : `${count(left, 'file')}, ${formatBytes(size)}`}`,
    ),
    ...(unreadable.count > 0 ? [`${count(unreadable.count, 'path')} cannot be read:`] : []),
    ...unreadable.samples.map(({ path, message }) => `  ${shown(path)}: ${message}`),
  ].join('\n');
}
