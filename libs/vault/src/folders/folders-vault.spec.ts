import { vaultDirectory } from '../../test/vault-directory.js';
import { describeVaultContract } from '../testing/vault-contract.js';

describeVaultContract('folders', () => {
  const directory = vaultDirectory();
  return Promise.resolve({
    vault: directory.open(),
    reopen: () => directory.open(),
    remove: () => directory.remove(),
  });
});
