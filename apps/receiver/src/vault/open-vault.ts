import { SessionError } from '@periodic-backup/protocol';
import { FoldersVault, type Vault } from '@periodic-backup/vault';
import { StartError } from '../start-error.js';

/** Opens the vault in `targetDir`, made if there is none. @throws SessionError STORAGE_FAILED, STORAGE_FULL */
export function openVault(targetDir: string, vaultName: string): Vault {
  return FoldersVault.open({ targetDir, name: vaultName });
}

/** The same at a start. @throws StartError one sentence with the remedy */
export function openVaultAtStart(targetDir: string, vaultName: string): Vault {
  try {
    return openVault(targetDir, vaultName);
  } catch (error) {
    throw new StartError(reasonOf(error, targetDir), { cause: error });
  }
}

function reasonOf(error: unknown, targetDir: string): string {
  const cause = error instanceof SessionError ? error.cause : error;
  const code = (cause as NodeJS.ErrnoException | undefined)?.code;
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return `TARGET_DIR ${targetDir} cannot be written (${code}): give this user write permission or choose another directory.`;
  if (code === 'ENOTDIR' || code === 'EEXIST')
    return `TARGET_DIR ${targetDir} is not a directory: choose one, or a path where one can be made.`;
  return `TARGET_DIR ${targetDir} cannot be used as a vault: ${(error as Error).message}`;
}
