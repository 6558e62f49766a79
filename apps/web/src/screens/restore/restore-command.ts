import type { RestoreRequest } from '@periodic-backup/contracts/http';

/** The same restore with the command-line client. */
export function restoreCommand(
  snapshotId: string,
  paths: readonly string[],
  {
    agentId,
    destination,
    inPlace,
    conflict,
  }: Pick<RestoreRequest, 'agentId' | 'destination' | 'inPlace' | 'conflict'>,
): string {
  return [
    ...['pbk restore', snapshotId, ...paths.map(quoted)],
    ...(inPlace ? ['--in-place'] : ['--to', quoted(destination ?? '')]),
    ...(agentId === undefined ? [] : ['--agent', quoted(agentId)]),
    ...['--conflict', conflict],
  ].join(' ');
}

/** As a shell takes it for one word. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
