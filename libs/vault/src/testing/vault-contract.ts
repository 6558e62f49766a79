import { afterEach, beforeEach, describe } from '@jest/globals';
import type { Vault } from '../vault.js';
import { commitContract } from './commit-contract.js';
import { contentContract } from './content-contract.js';
import { fencingContract } from './fencing-contract.js';
import { joinContract } from './join-contract.js';
import { readingContract } from './reading-contract.js';
import { removalContract } from './removal-contract.js';
import { resumeContract } from './resume-contract.js';
import { verifyContract } from './verify-contract.js';
import { PlanInVault } from './plan-in-vault.js';

export interface VaultUnderTest {
  /** A vault that holds nothing. */
  readonly vault: Vault;
  /** Opens the same vault as another process would. */
  reopen(): Vault;
  remove(): Promise<void>;
}

/** What the parts of the suite get: the vault of this test and a plan in it. */
export interface ContractContext {
  readonly subject: VaultUnderTest;
  readonly plan: PlanInVault;
}

/** What every driver of the interface `Vault` has to pass. Call it in a spec. */
export function describeVaultContract(driver: string, open: () => Promise<VaultUnderTest>): void {
  describe(`a vault of ${driver}`, () => {
    let context: ContractContext;
    beforeEach(async () => {
      const subject = await open();
      context = { subject, plan: new PlanInVault(subject.vault) };
    });
    afterEach(() => context.subject.remove());
    for (const part of [
      contentContract,
      joinContract,
      resumeContract,
      fencingContract,
      commitContract,
      readingContract,
      removalContract,
      verifyContract,
    ])
      part(() => context);
  });
}
