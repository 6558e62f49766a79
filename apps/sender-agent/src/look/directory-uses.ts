import type { DirectoryUse } from '@periodic-backup/contracts';
import { allows, type AllowedDirectories } from '../checks/check-directories.js';

/** What this machine allows a real path to be used for; empty: nothing, so that it is not looked at either. */
export function usesOf(real: Buffer, { sources, backups, restores }: AllowedDirectories): DirectoryUse[] {
  const within = (directories: readonly string[]): boolean =>
    directories.some((directory) => allows(directory, real));
  if (within(sources)) return ['source', 'backup', 'restore'];
  return [
    ...(within(backups) ? (['backup'] as const) : []),
    ...(within(restores) ? (['restore'] as const) : []),
  ];
}

/** Every directory that the agent's settings name, once, in their order. */
export function allowedRoots({ sources, backups, restores }: AllowedDirectories): string[] {
  return [...new Set([...sources, ...backups, ...restores])];
}
