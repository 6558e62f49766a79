import type { Damage } from '@periodic-backup/contracts';
import { formatBytes } from '@periodic-backup/terminal';
import { answer, type CommandContext } from '../command-context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { shown } from '../output/table.js';
import { findInVault, nameOf, openVault, placesIn } from './find-in-vault.js';

const TELL_MS = 250;

interface CheckedPlan {
  readonly plan: string;
  readonly snapshots: number;
  readonly filesRead: number;
  readonly bytesRead: number;
  readonly damages: readonly Damage[];
  readonly damageCount: number;
}

/** `pbk vault check`: every byte against the manifests, every manifest against its receipt. */
export async function checkVault(
  context: CommandContext,
  targetDir: string,
  wanted: string | undefined,
): Promise<ExitCode> {
  const vault = openVault(targetDir);
  const found = wanted === undefined ? null : findInVault(vault, wanted);
  const places = found ? [found] : placesIn(vault);
  const checked: CheckedPlan[] = [];
  for (const { place, receipts } of places) {
    const snapshots = found?.snapshot ? [found.snapshot] : receipts.map(({ snapshot }) => snapshot);
    if (snapshots.length === 0) continue;
    const work = vault.verify(place, { snapshots, from: null, to: null });
    let toldAtMs = 0;
    for (let step = work.next(); ; step = work.next()) {
      if (step.done) {
        checked.push({ plan: nameOf(place), snapshots: snapshots.length, ...step.value });
        break;
      }
      if (performance.now() - toldAtMs < TELL_MS) continue;
      toldAtMs = performance.now();
      context.signal.throwIfAborted();
      if (context.err.isTTY)
        context.err.write(
          `\r\x1b[K${nameOf(place)}: ${step.value.filesRead} files, ${formatBytes(step.value.bytesRead)}`,
        );
      // Ctrl-C is heard between two turns only.
      await new Promise(setImmediate);
    }
    if (context.err.isTTY) context.err.write('\r\x1b[K');
  }
  const damaged = checked.some(({ damageCount }) => damageCount > 0);
  answer(context, checked, () =>
    [...checked.flatMap(inWords), damaged ? 'DAMAGED.' : 'All is as it was written.'].join('\n'),
  );
  return damaged ? EXIT.unsafe : EXIT.ok;
}

function inWords({ plan, snapshots, filesRead, bytesRead, damages, damageCount }: CheckedPlan): string[] {
  return [
    `${plan}: ${snapshots} snapshots, ${filesRead} files and ${formatBytes(bytesRead)} read, ${damageCount === 0 ? 'sound' : `${damageCount} DAMAGED`}`,
    ...damages.map(
      ({ snapshot, path, what }) =>
        `  ${snapshot}  ${path === null ? '(the manifest or its receipt)' : shown(path)}: ${what}`,
    ),
    ...(damageCount > damages.length ? [`  and ${damageCount - damages.length} more`] : []),
  ];
}
