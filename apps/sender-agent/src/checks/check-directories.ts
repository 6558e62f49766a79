import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import type { RunOrder } from '@periodic-backup/contracts';
import { describeErrno, errnoOf, isGone, isWithin, realPathOf } from '@periodic-backup/local-files';
import { RunRefused } from './run-refused.js';

/** Where a run reads and, for `copy` and `move`, where it keeps: real paths, free of links. */
export interface RunDirectories {
  readonly source: Buffer;
  readonly backup: Buffer | null;
}

export interface AllowedDirectories {
  /** Sources lie in these. */
  readonly sources: readonly string[];
  /** Backup directories lie in these or in those of the sources. */
  readonly backups: readonly string[];
  /** Destinations of restores lie in these or in those of the sources. */
  readonly restores: readonly string[];
}

/** The real directories of a run, if this machine allows them and they do not hold each other. @throws RunRefused */
export function checkDirectories(order: RunOrder, allowed: AllowedDirectories): RunDirectories {
  const source = checkSource(order.sourceDir, allowed);
  if (order.afterTransmit === 'keep') return { source, backup: null };
  if (order.backupDir === null)
    throw new RunRefused(
      'BACKUP_DIR_UNUSABLE',
      `The rule "${order.afterTransmit}" needs a backup directory: name one in the plan.`,
    );
  return { source, backup: checkBackup(order.backupDir, { path: order.sourceDir, real: source }, allowed) };
}

/** The real source directory, if this machine allows it and it can be read. @throws RunRefused */
export function checkSource(sourceDir: string, allowed: AllowedDirectories): Buffer {
  const source = realSource(sourceDir);
  requireAllowed('SOURCE_NOT_ALLOWED', 'source', sourceDir, source, 'ALLOWED_DIRS', allowed.sources);
  requireReadable(sourceDir, source);
  return source;
}

/** The real backup directory, which need not exist, if this machine allows it beside the source. @throws RunRefused */
export function checkBackup(
  backupDir: string,
  source: { readonly path: string; readonly real: Buffer } | null,
  allowed: AllowedDirectories,
): Buffer {
  const backup = realBackup(backupDir);
  if (source) requireApart(source.path, source.real, backupDir, backup);
  requireAllowed('BACKUP_DIR_NOT_ALLOWED', 'backup', backupDir, backup, 'BACKUP_DIRS (or ALLOWED_DIRS)', [
    ...allowed.backups,
    ...allowed.sources,
  ]);
  return backup;
}

function realSource(sourceDir: string): Buffer {
  try {
    const real = realpathSync(sourceDir, { encoding: 'buffer' });
    if (statSync(real).isDirectory()) return real;
  } catch (error) {
    const code = errnoOf(error);
    throw new RunRefused(
      'SOURCE_UNREADABLE',
      isGone(code)
        ? `The source directory ${sourceDir} does not exist on this machine. Create it or correct the plan.`
        : `The source directory ${sourceDir} cannot be reached: ${describeErrno(code)}.`,
    );
  }
  throw new RunRefused('SOURCE_UNREADABLE', `The source ${sourceDir} is not a directory. Correct the plan.`);
}

function realBackup(backupDir: string): Buffer {
  try {
    const real = realPathOf(backupDir);
    const existing = statSync(real, { throwIfNoEntry: false });
    if (!existing || existing.isDirectory()) return real;
  } catch (error) {
    throw new RunRefused(
      'BACKUP_DIR_UNUSABLE',
      `The backup directory ${backupDir} cannot be reached: ${describeErrno(errnoOf(error))}.`,
    );
  }
  throw new RunRefused(
    'BACKUP_DIR_UNUSABLE',
    `The backup directory ${backupDir} is a file: name a directory in the plan.`,
  );
}

function requireReadable(sourceDir: string, source: Buffer): void {
  try {
    accessSync(source, constants.R_OK | constants.X_OK);
  } catch (error) {
    throw new RunRefused(
      'SOURCE_UNREADABLE',
      `The source directory ${sourceDir} cannot be read: ${describeErrno(errnoOf(error))}.`,
    );
  }
}

export function requireAllowed(
  code: 'SOURCE_NOT_ALLOWED' | 'BACKUP_DIR_NOT_ALLOWED' | 'DESTINATION_NOT_ALLOWED',
  what: string,
  given: string,
  real: Buffer,
  variable: string,
  allowed: readonly string[],
): void {
  if (allowed.some((directory) => allows(directory, real))) return;
  const where = real.equals(Buffer.from(given)) ? given : `${given} (in truth ${real.toString()})`;
  throw new RunRefused(
    code,
    `The ${what} directory ${where} is not among the directories this agent may use. ` +
      `On its machine, add it to ${variable} and restart the agent, or choose another directory.`,
  );
}

/** An allowed directory that cannot be reached allows nothing. */
export function allows(directory: string, real: Buffer): boolean {
  try {
    return isWithin(realPathOf(directory), real);
  } catch {
    return false;
  }
}

function requireApart(sourceDir: string, source: Buffer, backupDir: string, backup: Buffer): void {
  if (isWithin(source, backup))
    throw new RunRefused(
      'BACKUP_DIR_OVERLAP',
      `The backup directory ${backupDir} lies in the source ${sourceDir}: each run would back up its own copies. Choose one outside.`,
    );
  if (isWithin(backup, source))
    throw new RunRefused(
      'BACKUP_DIR_OVERLAP',
      `The source ${sourceDir} lies in the backup directory ${backupDir}: copies would mix with originals. Choose another backup directory.`,
    );
}
