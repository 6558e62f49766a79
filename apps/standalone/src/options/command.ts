import { Command } from 'commander';
import { DEFAULT_RESTORE, DEFAULT_TARGET } from './launcher-options.js';
import { localTimezone } from './parse-schedule.js';

const collect = (value: string, earlier: string[] | undefined): string[] => [...(earlier ?? []), value];

/** The options with their texts; values stay words here, `parseArguments` reads them. */
export function createCommand(): Command {
  return new Command('npm start --')
    .description(
      'Backs directories up, periodically and provably: starts everything on this machine, makes the first\n' +
        'backup, and stays until Ctrl-C. Snapshots are plain files under the target directory.',
    )
    .option('--source <dir>', 'directory to back up (repeatable; default: only start the services)', collect)
    .option('--target <dir>', `where snapshots go (default: as at the last start, else ./${DEFAULT_TARGET})`)
    .option('--every <period>', 'how often: 90s, 15m, 1h, 1d (default: 1h)')
    .option('--cron <expression>', "when, instead of --every: five fields, such as '0 2 * * *'")
    .option('--timezone <name>', `time zone of --cron (default: this machine's, ${localTimezone()})`)
    .option(
      '--exclude <glob>',
      'leave matching paths out; gitignore syntax (repeatable; default: nothing)',
      collect,
    )
    .option('--after <rule>', 'what becomes of a file once it is safe: keep, copy or move (default: keep)')
    .option('--backup-dir <dir>', 'where --after copy or move puts files (default: none)')
    .option('--host <address>', 'address on which the receiver listens', '127.0.0.1')
    .option('--port <number>', 'port on which the receiver listens', '7400')
    .option('--api-port <number>', 'port of the REST API, on 127.0.0.1', '7300')
    .option('--max-clients <number>', 'backups that the receiver takes at the same time', '10')
    .option(
      '--allow <dir>',
      'directory that plans made through the API may read, too (repeatable; default: your home\n' +
        'directory if there is no --source)',
      collect,
    )
    .option(
      '--restore-dir <dir>',
      `directory that restores may write to, beside the sources (repeatable; default: ./${DEFAULT_RESTORE})`,
      collect,
    )
    .option('--data <dir>', 'where state, databases and logs are kept (default: .periodic-backup here)')
    .option(
      '--once',
      'one run of each plan, then stop; exit 0 complete, 1 failed, 3 some files unreadable',
      false,
    )
    .option('--json', 'events as JSON lines on standard output, words on standard error', false)
    .helpOption('-h, --help', 'show this text')
    .addHelpText(
      'after',
      `
What was not said stays as it was at the last start; a plan is found again by its source directory.

Examples:
  npm start -- --source ./docs --target ./backups --every 15m
  npm start -- --source ~/mail --source ~/photos --target /mnt/disk --cron '0 2 * * *'
  npm start -- --source ./out --after move --backup-dir ./sent --exclude '*.tmp'
  npm start -- --source ./docs --once --json`,
    )
    .allowUnknownOption()
    .allowExcessArguments()
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
}
