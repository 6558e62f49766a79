import type { Command } from 'commander';
import type { CommandAction } from '../command-context.js';
import { checkVault } from './check-vault.js';
import { listVault } from './list-vault.js';

/** `pbk vault …`: on the vault alone, with no service, Redis or database. */
export function addVaultCommands(program: Command, perform: (action: CommandAction) => Promise<void>): void {
  const vault = program
    .command('vault')
    .description(
      'works on a vault alone, with no service running: the way back after everything else burned',
    );
  vault
    .command('ls')
    .description('the snapshots of a vault, or what is in a directory of one')
    .requiredOption('--vault <dir>', 'the target directory that holds the vault')
    .argument('[snapshot]', '<agent>/<plan>@<snapshot>, or <agent>/<plan> for the newest')
    .argument('[path]', 'a directory in it', '')
    .action((snapshot, path, options: { vault: string }) =>
      perform((context) => listVault(context, options.vault, snapshot, path)),
    );
  vault
    .command('check')
    .description('compares every byte with the manifests; exits 5 if anything is damaged')
    .requiredOption('--vault <dir>', 'the target directory that holds the vault')
    .argument('[snapshot]', 'only this one, or all of <agent>/<plan>')
    .action((snapshot, options: { vault: string }) =>
      perform((context) => checkVault(context, options.vault, snapshot)),
    );
}
