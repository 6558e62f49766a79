import { duePeriod, durationInWords, scheduleProblem, type PlanInput } from '@periodic-backup/contracts';
import type { FieldError } from '../../http/problem.js';
import type { PlanSurroundings } from '../plan-checks.js';

const LITTLE_ROOM_BYTES = 1024 ** 3;

/** What keeps a plan from nothing, but somebody should know before it is saved. */
export function planWarnings(values: Partial<PlanInput>, around: PlanSurroundings, now: Date): FieldError[] {
  return [...placeWarnings(values, around), ...promiseWarnings(values, now), ...excludeWarnings(values)];
}

function placeWarnings(
  { agentId, vaultId }: Partial<PlanInput>,
  { agent, agentKnown, vaultKnown, receiversOnline }: PlanSurroundings,
): FieldError[] {
  const warnings: FieldError[] = [];
  if (agentId !== undefined && agentKnown && agent === null)
    warnings.push({
      path: 'agentId',
      message: `is not there now: whether it may read these directories shows when it runs.`,
    });
  if (vaultId === undefined || !vaultKnown) return warnings;
  const [receiver] = receiversOnline;
  if (!receiver)
    warnings.push({ path: 'vaultId', message: 'has no receiver now: runs wait until one is started.' });
  else if (receiversOnline.every(({ draining }) => draining))
    warnings.push({ path: 'vaultId', message: 'takes no runs: all its receivers are drained.' });
  else if (receiversOnline.every(({ vaultWritable }) => !vaultWritable))
    warnings.push({ path: 'vaultId', message: `cannot be written now: look at ${receiver.targetDir}.` });
  if (receiver && receiver.freeBytes < LITTLE_ROOM_BYTES)
    warnings.push({
      path: 'vaultId',
      message: `has ${Math.floor(receiver.freeBytes / 2 ** 20)} MiB left: make room, or choose another one.`,
    });
  return warnings;
}

function promiseWarnings({ schedule, recoveryPointSeconds }: Partial<PlanInput>, now: Date): FieldError[] {
  if (!schedule || !recoveryPointSeconds || scheduleProblem(schedule) !== null) return [];
  const { longestMs } = duePeriod(schedule, now);
  if (recoveryPointSeconds * 1000 >= longestMs) return [];
  return [
    {
      path: 'recoveryPointSeconds',
      message: `cannot be kept: up to ${durationInWords(longestMs)} lie between two due times. Promise more, or back up more often.`,
    },
  ];
}

/** Rules that say nothing, or the same again. */
function excludeWarnings({ excludes = [] }: Partial<PlanInput>): FieldError[] {
  return excludes.flatMap((rule, index): FieldError[] => {
    const path = `excludes.${index}`;
    if (rule.trim() === '' || rule.startsWith('#'))
      return [{ path, message: 'matches nothing: it is a comment.' }];
    if (excludes.indexOf(rule) < index && !excludes.some((other) => other.startsWith('!')))
      return [{ path, message: 'stands there already.' }];
    if (rule.startsWith('/') && rule.length > 1 && excludes.indexOf(rule) === index && looksAbsolute(rule))
      return [{ path, message: 'is counted from the source directory, not from the root of the machine.' }];
    return [];
  });
}

function looksAbsolute(rule: string): boolean {
  return /^\/(home|srv|var|usr|etc|mnt|media|opt|root)\//.test(rule);
}
