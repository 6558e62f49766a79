import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Receipt } from '@periodic-backup/contracts';
import { FoldersVault, type PlanPlace, type Vault } from '@periodic-backup/vault';
import { CommandError } from '../exit-codes.js';

export interface PlaceInVault {
  readonly place: PlanPlace;
  /** Oldest first. */
  readonly receipts: readonly Receipt[];
}

/** Opens a vault that is there; never makes one. @throws CommandError */
export function openVault(targetDir: string): Vault {
  if (!existsSync(join(targetDir, '.vault', 'vault.json')))
    throw new CommandError(
      `${targetDir} holds no vault: there is no .vault/vault.json in it. Name the directory that was the target of the backups.`,
    );
  return FoldersVault.openToRead(targetDir);
}

/** Every plan of the vault, in the order of names. */
export function placesIn(vault: Vault): PlaceInVault[] {
  return [...vault.places()]
    .map(({ place, receipts }) => ({ place, receipts: [...receipts] }))
    .sort((a, b) => nameOf(a.place).localeCompare(nameOf(b.place)));
}

export function nameOf({ agentFolder, planFolder }: PlanPlace): string {
  return `${agentFolder}/${planFolder}`;
}

/**
 * What a person means by `<agent>/<plan>`, `<plan>` where only one agent has it, with `@<beginning of a snapshot's name>`
 * or without. `snapshot` is null if none was named. @throws CommandError
 */
export function findInVault(
  vault: Vault,
  wanted: string,
): PlaceInVault & { readonly snapshot: string | null } {
  const at = wanted.lastIndexOf('@');
  const [name, prefix] = at < 0 ? [wanted, null] : [wanted.slice(0, at), wanted.slice(at + 1)];
  const places = placesIn(vault);
  const found = places.filter(({ place }) => nameOf(place) === name || place.planFolder === name);
  const [only] = found;
  if (!only || found.length > 1) {
    const choice = (found.length > 1 ? found : places).map(({ place }) => nameOf(place)).join(', ');
    throw new CommandError(
      found.length > 1
        ? `Several agents have a plan "${name}": say which of ${choice}.`
        : `The vault has no plan "${name}". It has: ${choice || 'none'}.`,
    );
  }
  if (prefix === null) return { ...only, snapshot: null };
  const snapshot =
    prefix === 'latest'
      ? only.receipts.at(-1)?.snapshot
      : only.receipts.findLast((receipt) => receipt.snapshot.startsWith(prefix))?.snapshot;
  if (snapshot !== undefined) return { ...only, snapshot };
  const newest = only.receipts.slice(-20).map((receipt) => receipt.snapshot);
  throw new CommandError(
    `${name} has no snapshot "${prefix}". The newest are: ${newest.join(', ') || 'none'}.`,
  );
}
