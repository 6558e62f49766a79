import {
  AGENT_ANSWER_KEPT_SECONDS,
  agentAnswerKey,
  agentGoneKey,
  type AgentAnswer,
  type AgentAskJob,
} from '@periodic-backup/contracts';
import type { Logger } from '@periodic-backup/platform';
import type { RefusalNotes } from '@periodic-backup/trust';
import { RunRefused } from '../checks/run-refused.js';
import { checkLookTicket } from '../checks/check-look-ticket.js';
import { readKey } from '../run/run-backup.js';
import { CancelFlag } from '../transfer/cancel-flag.js';
import { LookRefused, refusalOf } from './look-refused.js';
import type { QuestionExecutor } from './look-threads.js';

const LOOK_WHETHER_GONE_MS = 250;
/** A walk keeps a disk busy. */
const ESTIMATES_AT_ONCE = 2;
/** Longer than any ticket lives. */
const REMEMBERED_MS = 10 * 60_000;

/** What of Redis is needed to answer. */
export interface AnswerStore {
  set(key: string, value: string, mode: 'EX', seconds: number): Promise<unknown>;
  exists(key: string): Promise<number>;
}

/** Answers questions about this machine, each signed one once. One that arrives again has its answer already. */
export class AgentQuestions {
  readonly #asked = new Map<string, number>();
  readonly #flags = new Set<CancelFlag>();
  #estimates = 0;

  constructor(
    private readonly settings: { readonly agentId: string; readonly ticketKeyFile: string },
    private readonly executor: QuestionExecutor,
    private readonly store: AnswerStore,
    private readonly refusals: RefusalNotes,
    private readonly logger: Logger,
  ) {}

  /** Resolves once the answer can be fetched. Safe to repeat. */
  async take(job: AgentAskJob): Promise<void> {
    const { agentId } = this.settings;
    const answer = await this.#answer(job);
    if (answer === null) return;
    await this.store.set(
      agentAnswerKey(agentId, job.questionId),
      JSON.stringify(answer),
      'EX',
      AGENT_ANSWER_KEPT_SECONDS,
    );
  }

  /** Whoever waits is told so; then no thread works any more. */
  async close(): Promise<void> {
    for (const flag of this.#flags) flag.stop();
    await this.executor.close();
  }

  async #answer(job: AgentAskJob): Promise<AgentAnswer | null> {
    try {
      checkLookTicket(job, this.settings.agentId, readKey(this.settings.ticketKeyFile));
    } catch (error) {
      this.logger.warn(
        { questionId: job.questionId, error: (error as Error).message },
        'a question was refused',
      );
      if (error instanceof RunRefused && error.code === 'TICKET_INVALID')
        this.refusals.note('question', error.message);
      return refusalOf(error);
    }
    if (!this.#isNew(job.questionId)) return null;
    if (job.question.kind !== 'estimate') return this.#execute(job);
    if (this.#estimates >= ESTIMATES_AT_ONCE)
      return refusalOf(
        new LookRefused('BUSY', 'This agent counts for others already: try again in a moment.'),
      );
    this.#estimates++;
    try {
      return await this.#execute(job);
    } finally {
      this.#estimates--;
    }
  }

  async #execute({ questionId, question }: AgentAskJob): Promise<AgentAnswer> {
    const flag = new CancelFlag();
    const goneKey = agentGoneKey(this.settings.agentId, questionId);
    const watch = setInterval(() => {
      this.store.exists(goneKey).then(
        (gone) => (gone > 0 ? flag.cancel() : undefined),
        () => undefined,
      );
    }, LOOK_WHETHER_GONE_MS);
    this.#flags.add(flag);
    try {
      return await this.executor.answer(question, flag);
    } finally {
      clearInterval(watch);
      this.#flags.delete(flag);
    }
  }

  #isNew(questionId: string): boolean {
    const now = performance.now();
    for (const [id, askedAt] of this.#asked) {
      if (now - askedAt < REMEMBERED_MS) break;
      this.#asked.delete(id);
    }
    if (this.#asked.has(questionId)) return false;
    this.#asked.set(questionId, now);
    return true;
  }
}
