import type { LauncherReply, ReceiverStart } from '@periodic-backup/contracts';
import { targetProblems, unwritable } from '../checks/check-directories.js';
import { portProblem } from '../checks/check-ports.js';
import { isWithin, realPath } from '../checks/containment.js';

export type ReceiverProblem = Extract<LauncherReply, { kind: 'refused' }>['problems'][number];

/** What a further receiver must keep clear of. */
export interface ReceiverSurroundings {
  /** Of the plans of this machine. */
  readonly sourceDirs: readonly string[];
  readonly dataDir: string;
  /** Where the other receivers of this machine write. */
  readonly targetDirs: readonly string[];
}

/**
 * Everything that stands against a receiver at its field, by the checks of `npm start`; none: its target directory is
 * there and can be written. Another receiver may write to the very same target: they serve one vault together.
 */
export async function receiverProblems(
  { host, port, targetDir }: ReceiverStart,
  { sourceDirs, dataDir, targetDirs }: ReceiverSurroundings,
): Promise<ReceiverProblem[]> {
  const target = realPath(targetDir);
  const problems: ReceiverProblem[] = [];
  const taken = await portProblem({ what: 'receiver', flag: 'port', hostFlag: 'host', host, port });
  if (taken) problems.push({ path: taken.about, message: taken.sentence });
  const directories = [
    ...targetProblems(
      { sourceDirs, targetDir, dataDir },
      { target: 'target directory', data: 'target directory' },
    ),
    ...targetDirs
      .map(realPath)
      .filter((other) => other !== target && (isWithin(target, other) || isWithin(other, target)))
      .map(
        (other) =>
          `The target ${targetDir} and the target ${other} of another receiver hold each other: choose one beside it.`,
      ),
  ];
  if (directories.length === 0) directories.push(...unwritable('target', targetDir, 'target directory'));
  problems.push(...directories.map((message) => ({ path: 'targetDir', message })));
  return problems;
}
