import { checkDirectories, type DirectoryFindings } from '../checks/check-directories.js';
import { checkPorts } from '../checks/check-ports.js';
import { realPath } from '../checks/containment.js';
import { DataFolder } from '../data-folder/data-folder.js';
import { acquireInstanceLock } from '../data-folder/instance-lock.js';
import { InputError } from '../options/input-error.js';
import type { LauncherOptions } from '../options/launcher-options.js';
import { stopOrphans } from '../processes/pid-file.js';
import type { Screen } from '../screen/screen.js';

const ORPHAN_DEADLINE_MS = 10_000;

export interface Prepared {
  readonly folder: DataFolder;
  readonly targetDir: string;
  readonly findings: DirectoryFindings;
  readonly release: () => void;
}

/**
 * The data folder is ours alone, nothing of a killed instance is left, and nothing stands against starting.
 * @throws InputError with everything that does, `earlierProblems` first
 * @throws InstanceRunningError
 */
export async function prepare(
  options: LauncherOptions,
  earlierProblems: readonly string[],
  defaultTargetDir: string,
  screen: Screen,
): Promise<Prepared> {
  const folder = new DataFolder(realPath(options.dataDir));
  const targetDir = realPath(options.targetDir ?? folder.memory.targetDir ?? defaultTargetDir);
  const directories = {
    sourceDirs: options.sourceDirs,
    targetDir,
    backupDir: options.backupDir,
    dataDir: folder.path,
  };
  const findings = checkDirectories(directories, earlierProblems.length === 0);
  const problems = [...earlierProblems, ...findings.problems];
  if (problems.length > 0) throw new InputError(problems);

  folder.prepare();
  const { release } = acquireInstanceLock(folder.lockFile);
  try {
    const orphans = await stopOrphans(folder.pidsDir, ORPHAN_DEADLINE_MS);
    if (orphans.length > 0)
      screen.step(`An earlier instance was killed; stopped what it left running: ${orphans.join(', ')}.`);
    const taken = await checkPorts([
      { what: 'receiver', flag: '--port', host: options.receiverHost, port: options.receiverPort },
      { what: 'API', flag: '--api-port', host: '127.0.0.1', port: options.apiPort },
    ]);
    if (taken.length > 0) throw new InputError(taken);
  } catch (error) {
    release();
    throw error;
  }
  folder.remember({ targetDir });
  for (const warning of findings.warnings) screen.warning(warning);
  return { folder, targetDir, findings, release };
}
