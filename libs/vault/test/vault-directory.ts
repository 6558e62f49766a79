import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { removeTree } from '../src/folders/staging-directory.js';
import { FoldersVault, type FoldersVaultOptions } from '../src/folders/folders-vault.js';

const MEMORY = '/dev/shm';

export interface VaultDirectory {
  readonly path: string;
  open(options?: Partial<FoldersVaultOptions>): FoldersVault;
  /** Removes it, however deep its paths are. */
  remove(): Promise<void>;
}

/** A fresh directory for a vault; in memory where possible, so that many commits do not wait for a disk. */
export function vaultDirectory(parent = existsSync(MEMORY) ? MEMORY : tmpdir()): VaultDirectory {
  const path = mkdtempSync(join(parent, 'pbk-vault-'));
  return {
    path,
    open: (options = {}) => FoldersVault.open({ targetDir: path, name: 'test', ...options }),
    remove: () => Promise.resolve(removeTree(dirname(path), basename(path))),
  };
}
