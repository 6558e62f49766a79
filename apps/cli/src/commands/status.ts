import { PlanHealth, VaultView, type HealthState } from '@periodic-backup/contracts';
import { formatBytes } from '@periodic-backup/terminal';
import { answer, type CommandContext } from '../command-context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { daysOr } from '../output/ages.js';
import { table } from '../output/table.js';

/** Worst first. */
const ORDER: readonly HealthState[] = [
  'failing',
  'never-run',
  'running-late',
  'unverified',
  'paused',
  'healthy',
];
const SAFE: ReadonlySet<HealthState> = new Set(['healthy', 'paused']);

/** `pbk status`: is everything safe? The worst plan decides. */
export async function showStatus(context: CommandContext): Promise<ExitCode> {
  const plans: PlanHealth[] = [];
  for await (const health of context.api.pages(PlanHealth, '/plan-health?limit=500')) plans.push(health);
  const vaults: VaultView[] = [];
  for await (const vault of context.api.pages(VaultView, '/vaults?limit=100')) vaults.push(vault);
  plans.sort(
    (a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || a.planName.localeCompare(b.planName),
  );
  const unsafe = plans.filter(({ state }) => !SAFE.has(state));
  answer(context, { safe: unsafe.length === 0, plans, vaults }, () =>
    [verdict(plans, unsafe), ...tables(plans, vaults)].join('\n\n'),
  );
  return unsafe.length === 0 ? EXIT.ok : EXIT.unsafe;
}

function verdict(plans: readonly PlanHealth[], unsafe: readonly PlanHealth[]): string {
  const [worst] = unsafe;
  if (plans.length === 0) return 'Nothing is backed up: there is no plan yet.';
  if (!worst)
    return plans.length === 1
      ? 'Safe: the plan keeps its promise.'
      : `Safe: all ${plans.length} plans keep their promises.`;
  const others = unsafe.length === 1 ? '' : ` (and ${unsafe.length - 1} more)`;
  return `NOT SAFE: ${worst.planName} of ${worst.agentId} is ${worst.state}${others}. ${worst.sentence}`;
}

function tables(plans: readonly PlanHealth[], vaults: readonly VaultView[]): string[] {
  const shown: string[] = [];
  if (plans.length > 0)
    shown.push(
      table(
        ['PLAN', 'AGENT', 'HEALTH', 'NEWEST GOOD', 'PROMISED', 'WHY'],
        plans.map(
          ({ planName, agentId, state, sentence, recoveryPoint: { heldSeconds, promisedSeconds } }) => [
            planName,
            agentId,
            state,
            heldSeconds === null ? 'none' : `${daysOr(heldSeconds * 1000)} old`,
            `≤ ${daysOr(promisedSeconds * 1000)}`,
            state === 'healthy' ? '' : sentence,
          ],
        ),
      ),
    );
  if (vaults.length > 0)
    shown.push(
      table(
        ['VAULT', 'SNAPSHOTS', 'FREE', 'RECEIVERS'],
        vaults.map((vault) => [
          vault.name,
          String(vault.snapshots),
          vault.freeBytes === null
            ? 'unknown'
            : `${formatBytes(vault.freeBytes)} of ${formatBytes(vault.totalBytes ?? 0)}`,
          String(vault.receiversOnline),
        ]),
      ),
    );
  return shown;
}
