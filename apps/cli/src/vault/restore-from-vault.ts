import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { ConflictRule, TaskResult } from '@periodic-backup/contracts';
import { realPathOf } from '@periodic-backup/local-files';
import {
  ChosenPaths,
  chosenEntries,
  EntryMetadata,
  LocalOwners,
  makeDurable,
  planRestore,
  RestoreProblems,
  RestoreRefused,
  RestoreResult,
  restoreSnapshot,
  RestoreState,
  type RestoreJob,
} from '@periodic-backup/restore';
import type { SnapshotReading } from '@periodic-backup/vault';
import { answer, type CommandContext } from '../command-context.js';
import { CommandError, EXIT, type ExitCode } from '../exit-codes.js';
import { normalised } from '../naming/path-in-snapshot.js';
import { shown } from '../output/table.js';
import { findInVault, openVault } from './find-in-vault.js';
import { TerminalTally } from './terminal-tally.js';
import { VaultSource } from './vault-source.js';

export interface VaultRestoreOptions {
  readonly vault: string;
  readonly to: string;
  readonly conflict: ConflictRule;
  readonly dryRun: boolean;
}

/** `pbk vault restore`: out of a vault, with no service; every byte compared before a file gets its name. */
export async function restoreFromVault(
  context: CommandContext,
  wanted: string,
  paths: readonly string[],
  options: VaultRestoreOptions,
): Promise<ExitCode> {
  const vault = openVault(options.vault);
  const { place, receipts, snapshot } = findInVault(vault, wanted);
  const name = snapshot ?? receipts.at(-1)?.snapshot;
  if (name === undefined) throw new CommandError(`${wanted} has no snapshot.`);
  const reading = vault.openSnapshot(place, name);
  const stateDir = mkdtempSync(join(tmpdir(), 'pbk-restore-'));
  const tally = new TerminalTally(context.err, reading.receipt.counts);
  try {
    const result = await restore(context, reading, paths, options, stateDir, tally);
    tally.end();
    answer(context, { snapshot: name, ...result, problems: tally.problems }, () =>
      inWords(name, options, result, tally).join('\n'),
    );
    return tally.failed > 0 ? EXIT.partial : EXIT.ok;
  } catch (error) {
    tally.end();
    if (error instanceof RestoreRefused) throw new CommandError(error.message, EXIT.failed);
    if (context.signal.aborted)
      throw new CommandError(
        'Stopped. What is restored stays; go on with the same command and --conflict skip.',
        EXIT.failed,
      );
    throw error;
  } finally {
    reading.close();
    rmSync(stateDir, { recursive: true, force: true });
  }
}

async function restore(
  { signal }: CommandContext,
  reading: SnapshotReading,
  paths: readonly string[],
  { to, conflict, dryRun }: VaultRestoreOptions,
  stateDir: string,
  tally: TerminalTally,
): Promise<Extract<TaskResult, { kind: 'restore' }>> {
  const runId = randomUUID();
  const destination = realPathOf(resolve(to));
  const wished = paths.map((path) => Buffer.from(normalised(path)));
  const chosen = new ChosenPaths(wished.length === 0 ? null : wished);
  const source = new VaultSource(reading);
  const result = new RestoreResult();
  const problems = new RestoreProblems(tally, destination);
  const state = RestoreState.open(stateDir, runId);
  const job: RestoreJob = {
    ...{
      source,
      chosen,
      destination,
      snapshot: reading.receipt.snapshot,
      runId,
      state,
      tally,
      result,
      problems,
    },
    rule: conflict,
    entries: () => chosenEntries(source, chosen, (path) => problems.missing(path)),
    metadata: new EntryMetadata(new LocalOwners(reading.users, reading.groups)),
    check: () => signal.throwIfAborted(),
  };
  await (dryRun ? planRestore(job) : restoreSnapshot(job));
  if (!dryRun) makeDurable(destination);
  return result.taskResult;
}

function inWords(
  name: string,
  { to, dryRun }: VaultRestoreOptions,
  { plan, ...counts }: Extract<TaskResult, { kind: 'restore' }>,
  { failed, problems }: TerminalTally,
): string[] {
  const figures = Object.entries(counts)
    .filter(([, value]) => typeof value === 'number' && value > 0)
    .map(([what, value]) => `${value} ${what}`);
  return [
    `${name} → ${to}: ${figures.join(', ') || 'nothing'}${dryRun ? '; nothing was written' : ''}.`,
    ...plan.map(({ path, action }) => `  ${action}  ${shown(path)}`),
    ...problems.map(
      ({ path, code, message }) => `  ${path === '' ? '' : `${shown(path)}: `}${message} (${code})`,
    ),
    ...(failed > problems.length ? [`  and ${failed - problems.length} more`] : []),
  ];
}
