import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { AfterTransmit } from '@periodic-backup/contracts';
import { CommanderError } from 'commander';
import { createCommand } from './command.js';
import { InputError } from './input-error.js';
import { DEFAULT_RESTORE, type LauncherOptions } from './launcher-options.js';
import { parseSchedule, type ScheduleWords } from './parse-schedule.js';

interface Words extends ScheduleWords {
  readonly source?: string[];
  readonly target?: string;
  readonly exclude?: string[];
  readonly after?: string;
  readonly backupDir?: string;
  readonly host: string;
  readonly port: string;
  readonly apiPort: string;
  readonly maxClients: string;
  readonly allow?: string[];
  readonly restoreDir?: string[];
  readonly data?: string;
  readonly once: boolean;
  readonly json: boolean;
}

export interface Surroundings {
  /** Relative paths start here. */
  readonly cwd: string;
  readonly defaultDataDir: string;
  readonly homeDir: string;
}

export interface ParsedArguments {
  /** What could be read; use it only if there is no problem. */
  readonly options: LauncherOptions;
  /** One sentence each, with the remedy. */
  readonly problems: readonly string[];
}

/**
 * Reads the command line. Help goes to standard output and gives null.
 * @throws InputError if it cannot be read at all
 */
export function parseArguments(
  args: readonly string[],
  { cwd, ...defaults }: Surroundings,
): ParsedArguments | null {
  const command = createCommand();
  try {
    command.parse([...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return null;
    throw new InputError([`${error.message.replace(/^error: /, '')}: see --help.`]);
  }
  const words = command.opts<Words>();
  const problems: string[] = command.args.flatMap((word) => unexpected(word, command.args));
  const path = (flag: string, word: string): string => {
    if (word === '') problems.push(`${flag} is empty: name a directory.`);
    if (word.includes(':')) problems.push(`${flag} ${word} has a ":" in it: choose a path without.`);
    return resolve(cwd, word);
  };
  const sourceDirs = [...new Set((words.source ?? []).map((word) => path('--source', word)))];
  const options: LauncherOptions = {
    sourceDirs,
    targetDir: words.target === undefined ? null : path('--target', words.target),
    backupDir: words.backupDir === undefined ? undefined : path('--backup-dir', words.backupDir),
    afterTransmit: afterTransmit(words, problems),
    schedule: parseSchedule(words, problems),
    excludes: words.exclude,
    allowedDirs:
      words.allow?.map((word) => path('--allow', word)) ?? (sourceDirs.length > 0 ? [] : [defaults.homeDir]),
    restoreDirs: (words.restoreDir ?? [DEFAULT_RESTORE]).map((word) => path('--restore-dir', word)),
    receiverHost: words.host,
    receiverPort: wholeNumber('--port', words.port, 1, 65_535, problems),
    apiPort: wholeNumber('--api-port', words.apiPort, 1, 65_535, problems),
    maxClients: wholeNumber('--max-clients', words.maxClients, 1, 10_000, problems),
    dataDir: words.data === undefined ? defaults.defaultDataDir : path('--data', words.data),
    once: words.once,
    json: words.json,
  };
  if (isIP(words.host) === 0 && words.host !== 'localhost')
    problems.push(
      `--host "${words.host}" is not an address: use one of this machine, such as 127.0.0.1 or 0.0.0.0.`,
    );
  if (options.receiverPort === options.apiPort && problems.length === 0)
    problems.push(`--port and --api-port are both ${options.apiPort}: choose two.`);
  if (words.exclude?.some((glob) => glob.trim() === ''))
    problems.push('--exclude is empty: name a pattern, such as *.tmp.');
  if (sourceDirs.length === 0)
    for (const flag of ['every', 'cron', 'after', 'backupDir', 'exclude'] as const)
      if (words[flag] !== undefined)
        problems.push(
          `--${flag === 'backupDir' ? 'backup-dir' : flag} needs a --source that it applies to: add one.`,
        );
  return { options, problems };
}

function unexpected(word: string, all: readonly string[]): string[] {
  if (word.startsWith('-')) return [`The option ${word} is not known: see --help.`];
  // What follows an unknown option is probably its value.
  if (all.some((other) => other.startsWith('-'))) return [];
  return [`"${word}" is not expected here: a directory is named with --source ${word}.`];
}

function afterTransmit(words: Words, problems: string[]): AfterTransmit | undefined {
  if (words.after === undefined) {
    if (words.backupDir !== undefined)
      problems.push('--backup-dir only has a meaning with --after copy or --after move: add one of them.');
    return undefined;
  }
  const rule = AfterTransmit.safeParse(words.after);
  if (!rule.success) problems.push(`--after "${words.after}" is not a rule: use keep, copy or move.`);
  else if (rule.data === 'keep' && words.backupDir !== undefined)
    problems.push(
      '--backup-dir only has a meaning with --after copy or --after move: change one of the two.',
    );
  else if (rule.data !== 'keep' && words.backupDir === undefined)
    problems.push(`--after ${rule.data} needs --backup-dir: name the directory that keeps the files.`);
  return rule.data;
}

function wholeNumber(flag: string, word: string, min: number, max: number, problems: string[]): number {
  const value = /^\d{1,9}$/.test(word) ? Number(word) : NaN;
  if (!(value >= min && value <= max))
    problems.push(`${flag} "${word}" does not fit: use a whole number from ${min} to ${max}.`);
  return value;
}
