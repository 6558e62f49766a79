import { AuditEntry, AuditVerification } from '@periodic-backup/contracts';
import { answer, type CommandContext } from '../command-context.js';
import { CommandError, EXIT, type ExitCode } from '../exit-codes.js';
import { localTime } from '../output/ages.js';
import { shown, table } from '../output/table.js';

export interface AuditOptions {
  readonly actor?: string;
  readonly action?: string;
  readonly object?: string;
  readonly since?: string;
  readonly until?: string;
  readonly limit: number;
}

/** `pbk audit`: what was done and what was refused, newest first. */
export async function listAudit(
  context: CommandContext,
  { limit, since, until, ...filter }: AuditOptions,
): Promise<ExitCode> {
  const query = new URLSearchParams({ limit: String(Math.min(limit, 500)), ...filter });
  for (const [name, text] of Object.entries({ since, until }))
    if (text !== undefined) query.set(name, instant(name, text));
  const entries: AuditEntry[] = [];
  for await (const entry of context.api.pages(AuditEntry, `/audit?${query}`)) {
    entries.push(entry);
    if (entries.length >= limit) break;
  }
  if (context.json) for (const entry of entries) context.out.write(`${JSON.stringify(entry)}\n`);
  else context.out.write(entries.length === 0 ? 'Nothing.\n' : `${auditTable(entries)}\n`);
  return EXIT.ok;
}

function auditTable(entries: readonly AuditEntry[]): string {
  return table(
    ['NUMBER', 'AT', 'WHO', 'BY', 'FROM', 'WHAT', 'OBJECT'],
    entries.map(({ sequence, at, actor, via, address, action, object }) => [
      String(sequence),
      localTime(at),
      shown(actor),
      shown(via),
      address ?? '',
      action,
      shown(object ?? ''),
    ]),
  );
}

/** `pbk audit verify`: exits 5 if an entry is not as it was written, or is gone. */
export async function verifyAudit(
  context: CommandContext,
  { head }: { readonly head?: string },
): Promise<ExitCode> {
  const query = head === undefined ? '' : `?head=${encodeURIComponent(head)}`;
  const found = await context.api.get(AuditVerification, `/audit/verify${query}`);
  answer(context, found, () => inWords(found));
  return found.intact ? EXIT.ok : EXIT.unsafe;
}

function inWords({ intact, entries, head, firstBroken }: AuditVerification): string {
  return intact || firstBroken === null
    ? `${entries} entries, each as it was written. The log ends at ${head.sequence}:${head.hash}`
    : `NOT INTACT: entry ${firstBroken.sequence}: ${firstBroken.reason}. The ${entries} before it are as they were written.`;
}

function instant(name: string, text: string): string {
  const at = new Date(text);
  if (Number.isNaN(at.getTime()))
    throw new CommandError(`--${name} ${text}: must be a time such as 2026-11-28T10:00.`);
  return at.toISOString();
}
