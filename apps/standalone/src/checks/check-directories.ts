import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  opendirSync,
  rmSync,
  statSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { isWithin, realPath } from './containment.js';

export interface Directories {
  readonly sourceDirs: readonly string[];
  readonly targetDir: string;
  readonly backupDir: string | undefined;
  readonly dataDir: string;
}

export interface DirectoryFindings {
  /** One sentence each, with the remedy; nothing may start while there is one. */
  readonly problems: string[];
  readonly warnings: string[];
  /** Source directory → a pattern that keeps the data folder out of its snapshots. */
  readonly ownExcludes: Map<string, string>;
}

const DATA_NEEDS_BYTES = 64 * 2 ** 20;
const TARGET_IS_LOW_BYTES = 512 * 2 ** 20;

/** Says what is wrong with the directories of a start. With `create`, missing ones that are written to are made. */
export function checkDirectories(
  { sourceDirs, targetDir, backupDir, dataDir }: Directories,
  create: boolean,
): DirectoryFindings {
  const found: DirectoryFindings = { problems: [], warnings: [], ownExcludes: new Map() };
  const { problems, warnings } = found;
  const target = realPath(targetDir);
  const data = realPath(dataDir);
  const backup = backupDir === undefined ? undefined : realPath(backupDir);
  for (const sourceDir of sourceDirs) {
    const unreadable = sourceProblem(sourceDir);
    if (unreadable) problems.push(unreadable);
    const source = realPath(sourceDir);
    if (backup !== undefined && isWithin(backup, source))
      problems.push(
        `The backup directory ${backupDir} lies in the source ${sourceDir}: choose a --backup-dir outside of it.`,
      );
    else if (backup !== undefined && isWithin(source, backup))
      problems.push(
        `The source ${sourceDir} lies in the backup directory ${backupDir}: choose another --backup-dir.`,
      );
    if (isWithin(source, data))
      problems.push(`The source ${sourceDir} lies in the data folder ${dataDir}: choose another --data.`);
    else if (isWithin(data, source)) {
      found.ownExcludes.set(sourceDir, anchoredPattern(relative(source, data)));
      warnings.push(
        `The data folder ${dataDir} lies in the source ${sourceDir}; it is left out of the backup.`,
      );
    }
  }
  if (backup !== undefined && isWithin(backup, target))
    problems.push(
      `The backup directory ${backupDir} lies in the target ${targetDir}: choose another --backup-dir.`,
    );
  problems.push(
    ...targetProblems({ sourceDirs, targetDir, dataDir }, { target: '--target', data: '--data or --target' }),
  );
  if (problems.length > 0 || !create) return found;

  problems.push(
    ...unwritable('target', targetDir, '--target'),
    ...(backupDir === undefined ? [] : unwritable('backup directory', backupDir, '--backup-dir')),
    ...unwritable('data folder', dataDir, '--data'),
  );
  if (problems.length > 0) return found;
  const dataFree = freeBytes(dataDir);
  if (dataFree < DATA_NEEDS_BYTES)
    problems.push(
      `The disk of the data folder ${dataDir} has ${mebibytes(dataFree)} left; make room for ${mebibytes(DATA_NEEDS_BYTES)} or choose another --data.`,
    );
  const targetFree = freeBytes(targetDir);
  if (targetFree < TARGET_IS_LOW_BYTES)
    warnings.push(
      `The disk of the target ${targetDir} has only ${mebibytes(targetFree)} left; make room or runs may fail.`,
    );
  return found;
}

/** What a target must not hold and not lie in; `choose` names what another one is chosen by. */
export function targetProblems(
  { sourceDirs, targetDir, dataDir }: Omit<Directories, 'backupDir'>,
  choose: { readonly target: string; readonly data: string },
): string[] {
  const target = realPath(targetDir);
  const problems: string[] = [];
  for (const sourceDir of sourceDirs) {
    const source = realPath(sourceDir);
    if (isWithin(target, source))
      problems.push(
        `The target ${targetDir} lies in the source ${sourceDir} and would back itself up: choose a ${choose.target} outside.`,
      );
    else if (isWithin(source, target))
      problems.push(
        `The source ${sourceDir} lies in the target ${targetDir}: choose a ${choose.target} outside of it.`,
      );
  }
  if (isWithin(realPath(dataDir), target))
    problems.push(
      `The data folder ${dataDir} lies in the target ${targetDir}: choose another ${choose.data}.`,
    );
  return problems;
}

/** Why a directory cannot be read as a source, or null. */
export function sourceProblem(path: string): string | null {
  try {
    if (!statSync(path).isDirectory())
      return `The source ${path} is not a directory: name the directory that holds it.`;
    accessSync(path, constants.R_OK | constants.X_OK);
    opendirSync(path).closeSync();
    return null;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT'
      ? `The source ${path} does not exist: check its spelling or create it.`
      : `The source ${path} cannot be read (${(error as Error).message}): grant this user read access.`;
  }
}

/** Says that a directory cannot be made or written to; else it is there. */
export function unwritable(what: string, path: string, flag: string): string[] {
  const probe = join(path, `.write-probe-${process.pid}`);
  try {
    makeDirectories(path);
    writeFileSync(probe, '');
    rmSync(probe);
    return [];
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? (error as Error).message;
    return [
      `The ${what} ${path} cannot be written (${reason}): grant this user write access or choose another ${flag}.`,
    ];
  }
}

/** One name at a time: Node's recursive mkdir never returns where a parent takes no children, such as /proc. */
function makeDirectories(path: string): void {
  if (existsSync(path)) return;
  makeDirectories(dirname(path));
  mkdirSync(path);
}

/** A gitignore pattern that matches exactly this directory of the source. */
function anchoredPattern(path: string): string {
  return `/${path.replace(/[\\*?[\]!# ]/g, '\\$&')}/`;
}

function freeBytes(path: string): number {
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize;
}

const mebibytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`;
