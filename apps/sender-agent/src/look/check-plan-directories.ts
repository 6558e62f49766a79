import type { CheckQuestion, DirectoryCheck } from '@periodic-backup/contracts';
import { checkDestination } from '../checks/check-destination.js';
import { checkBackup, checkSource, type AllowedDirectories } from '../checks/check-directories.js';
import { RunRefused } from '../checks/run-refused.js';

type Field = keyof DirectoryCheck['realPaths'];

/** What would keep a run or a restore with these directories from beginning, by the checks that they go through. */
export function checkPlanDirectories(
  { sourceDir, afterTransmit, backupDir, destination }: CheckQuestion,
  allowed: AllowedDirectories,
): DirectoryCheck {
  const problems: DirectoryCheck['problems'] = [];
  const attempt = (path: Field, check: () => Buffer): Buffer | null => {
    try {
      return check();
    } catch (error) {
      if (!(error instanceof RunRefused)) throw error;
      problems.push({ path, message: error.message });
      return null;
    }
  };
  const source = sourceDir === undefined ? null : attempt('sourceDir', () => checkSource(sourceDir, allowed));
  const beside = source && sourceDir !== undefined ? { path: sourceDir, real: source } : null;
  const backup =
    afterTransmit === 'keep' || backupDir === undefined || backupDir === null
      ? null
      : attempt('backupDir', () => checkBackup(backupDir, beside, allowed));
  const target =
    destination === undefined ? null : attempt('destination', () => checkDestination(destination, allowed));
  const show = (path: Buffer | null): string | null => path && (path.length === 0 ? '/' : path.toString());
  return {
    problems,
    realPaths: { sourceDir: show(source), backupDir: show(backup), destination: show(target) },
  };
}
