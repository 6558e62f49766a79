import type { AgentAnswer, AgentQuestion } from '@periodic-backup/contracts';
import type { AllowedDirectories } from '../checks/check-directories.js';
import type { CancelFlag } from '../transfer/cancel-flag.js';
import { checkPlanDirectories } from './check-plan-directories.js';
import { estimateSource } from './estimate-source.js';
import { listDirectory } from './list-directory.js';
import { refusalOf } from './look-refused.js';

/** Looks at this machine as asked; blocks its thread. Never throws: what cannot be answered is refused with a reason. */
export function answerQuestion(
  question: AgentQuestion,
  allowed: AllowedDirectories,
  flag: CancelFlag,
): AgentAnswer {
  try {
    switch (question.kind) {
      case 'directory':
        return { kind: 'directory', listing: listDirectory(question, allowed) };
      case 'estimate':
        return { kind: 'estimate', estimate: estimateSource(question, allowed, () => flag.check()) };
      case 'check':
        return { kind: 'check', check: checkPlanDirectories(question, allowed) };
    }
  } catch (error) {
    return refusalOf(error);
  }
}
