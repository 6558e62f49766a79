import type { PlanInput, PlanPreview, Schedule } from '@periodic-backup/contracts';

type Values = Partial<PlanInput>;

export interface CommandPlace {
  /** Where the API was asked: `http://127.0.0.1:7300`. */
  readonly origin: string;
  /** The agent that `npm start` runs; null: this is no such installation. */
  readonly launchedAgentId: string | null;
}

/** The same plan by other means: what can be pasted into a shell, once all is filled in. */
export function planCommands(
  values: Values,
  complete: boolean,
  place: CommandPlace,
): PlanPreview['commands'] {
  const { agentId, name, ...rest } = values;
  const json = withoutDefaults(rest);
  const whole = complete && agentId !== undefined && name !== undefined;
  return {
    json,
    curl: whole ? curl(agentId, name, json, place.origin) : null,
    pbk: whole ? pbk({ name, agentId, ...json }) : null,
    npmStart: whole && agentId === place.launchedAgentId ? npmStart(values) : null,
  };
}

function curl(agentId: string, name: string, json: object, origin: string): string {
  const url = `${origin}/api/v1/plans/by-name/${agentId}/${encodeURIComponent(name)}`;
  return `curl -X PUT ${quoted(url)} -H 'content-type: application/json' \\\n  -d ${quoted(JSON.stringify(json))}`;
}

function pbk(plan: object): string {
  return `./pbk put-plan - <<'PLAN'\n${JSON.stringify(plan, null, 2)}\nPLAN`;
}

/** Null: `npm start` has no option for one of the values. */
function npmStart(values: Values): string | null {
  const { sourceDir, schedule, excludes = [], afterTransmit = 'keep', backupDir } = values;
  const { retention, bandwidth, verifySchedule, recoveryPointSeconds } = values;
  if (!sourceDir || !schedule || retention || bandwidth || verifySchedule || recoveryPointSeconds)
    return null;
  return [
    `npm start -- --source ${quoted(sourceDir)}`,
    scheduleOptions(schedule),
    ...excludes.map((rule) => `--exclude ${quoted(rule)}`),
    ...(afterTransmit === 'keep' ? [] : [`--after ${afterTransmit} --backup-dir ${quoted(backupDir ?? '')}`]),
  ].join(' ');
}

function scheduleOptions(schedule: Schedule): string {
  if (schedule.kind === 'cron')
    return `--cron ${quoted(schedule.cron)} --timezone ${quoted(schedule.timezone)}`;
  const { everySeconds } = schedule;
  const [unit, seconds] = (
    [
      ['d', 86_400],
      ['h', 3600],
      ['m', 60],
    ] as const
  ).find(([, size]) => everySeconds % size === 0) ?? ['s', 1];
  return `--every ${everySeconds / seconds}${unit}`;
}

/** What is as it would be anyway need not be written. */
function withoutDefaults(values: Values): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values).filter(
      ([name, value]) =>
        value !== null &&
        !(Array.isArray(value) && value.length === 0) &&
        !(name === 'afterTransmit' && value === 'keep'),
    ),
  );
}

/** For a POSIX shell. */
function quoted(text: string): string {
  return /^[\w./:@=+-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
