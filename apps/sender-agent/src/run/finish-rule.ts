import { applyRule } from '../after-transmit/apply-rule.js';
import { checkDirectories } from '../checks/check-directories.js';
import { RunRefused } from '../checks/run-refused.js';
import { describeErrno, errnoOf } from '@periodic-backup/local-files';
import type { PendingRule } from '../state/pending-rules.js';
import type { CancelFlag } from '../transfer/cancel-flag.js';
import { RunTally } from '../transfer/run-tally.js';
import type { AgentContext, RunEnd } from './run-backup.js';

const HERE = Buffer.alloc(0);

/**
 * Applies the after-transmit rule of a committed run and forgets it once done. Never throws: the snapshot is safe,
 * what could not be kept becomes a problem. When the agent stops midway, the rest is done at its next start.
 */
export async function finishRule(
  { order, receipt, counts, problems }: PendingRule,
  { pending, allowed }: Pick<AgentContext, 'pending' | 'allowed'>,
  cancel: CancelFlag,
): Promise<RunEnd> {
  const tally = new RunTally(null);
  const problem = (path: Buffer, message: string): void => tally.problem(path, 'BACKUP_DIR', message);
  try {
    const { source, backup } = checkDirectories(order, allowed);
    if (backup && order.afterTransmit !== 'keep')
      await applyRule(
        { rule: order.afterTransmit, source, backup, planId: order.planId, listFile: pending.listOf(order) },
        {
          problem,
          // The run is committed: a person's wish to cancel comes too late, the agent's to stop does not.
          check: () => {
            if (cancel.isStopping) throw new AgentStops();
          },
        },
      );
    pending.remove(order);
  } catch (error) {
    if (!(error instanceof AgentStops)) {
      problem(HERE, error instanceof RunRefused ? error.message : reasonOf(error));
      pending.remove(order);
    }
  }
  return {
    counts: { ...counts, filesFailed: counts.filesFailed + tally.filesFailed },
    problems: [...problems, ...tally.problems].slice(0, 1000),
    receipt,
    error: null,
  };
}

class AgentStops extends Error {
  override readonly name = 'AgentStops';
}

function reasonOf(error: unknown): string {
  const errno = errnoOf(error);
  return errno === 'UNKNOWN' ? (error as Error).message : describeErrno(errno);
}
