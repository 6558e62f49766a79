import { Option, type Command } from 'commander';
import type { CommandAction } from '../command-context.js';
import { checkVault } from './check-vault.js';
import { listVault } from './list-vault.js';
import { restoreFromVault } from './restore-from-vault.js';

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
  vault
    .command('restore')
    .description('brings a snapshot, or a part of it, back to this machine')
    .argument('<snapshot>', '<agent>/<plan>@<snapshot>, or <agent>/<plan> for the newest')
    .argument('[path...]', 'only these, each with all below it')
    .requiredOption('--vault <dir>', 'the target directory that holds the vault')
    .requiredOption('--to <dir>', 'directory that takes the tree; made if it is not there')
    .addOption(
      new Option('--conflict <rule>', 'where something stands in the way')
        .choices(['fail', 'skip', 'rename', 'overwrite'])
        .default('fail'),
    )
    .option('-n, --dry-run', 'only say what would happen', false)
    .action((snapshot, paths, options) =>
      perform((context) => restoreFromVault(context, snapshot, paths, options)),
    );
}
