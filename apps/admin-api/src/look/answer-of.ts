import type { AgentAnswer, AgentQuestion } from '@periodic-backup/contracts';
import { ProblemError } from '../http/problem.js';

/** The answer that a question gets when it is not refused. */
export type AnswerTo<Q extends AgentQuestion> = Extract<AgentAnswer, { kind: Q['kind'] }>;

/** What an agent answered. @throws ProblemError for what it refused */
export function answerOf<Q extends AgentQuestion>(
  agentId: string,
  question: Q,
  answer: AgentAnswer,
): AnswerTo<Q> {
  if (answer.kind === 'refused') throw refusal(agentId, answer);
  if (answer.kind !== question.kind)
    throw new ProblemError(
      503,
      `Agent "${agentId}" answered something else than was asked: is it of another version?`,
    );
  return answer as AnswerTo<Q>;
}

function refusal(
  agentId: string,
  { code, field, message }: Extract<AgentAnswer, { kind: 'refused' }>,
): ProblemError {
  if (field !== null)
    return new ProblemError(422, `Agent "${agentId}" refuses: ${message}`, {
      errors: [{ path: field, message }],
    });
  return new ProblemError(code === 'INTERNAL' ? 500 : 503, `Agent "${agentId}" does not answer: ${message}`);
}
