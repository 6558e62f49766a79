import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import {
  AGENT_ANSWER_KEPT_SECONDS,
  AgentAnswer,
  agentAnswerKey,
  agentAskQueue,
  agentGoneKey,
  type AgentAskJob,
  type AgentQuestion,
} from '@periodic-backup/contracts';
import { getAgent, type Ledger } from '@periodic-backup/ledger';
import { openQueue, type Logger, type RedisClient } from '@periodic-backup/platform';
import { Presence } from '../connections/presence.js';
import { LEDGER, LOGGER, REDIS } from '../connections/tokens.js';
import { ProblemError, notFound } from '../http/problem.js';
import { answerOf, type AnswerTo } from './answer-of.js';
import { LookTickets } from './look-tickets.js';

const FIRST_LOOK_MS = 5;
const LONGEST_LOOK_MS = 100;

/** Puts signed questions to agents and waits for the answers: a person does. */
@Injectable()
export class AgentAsker {
  constructor(
    @Inject(LEDGER) private readonly ledger: Ledger,
    @Inject(REDIS) private readonly redis: RedisClient,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly presence: Presence,
    private readonly tickets: LookTickets,
  ) {}

  /**
   * The agent's answer. When `gone` fires it is told that nobody waits.
   * @throws ProblemError 404, 503 while it is offline, 504 if it does not answer in time, 422 with the field it refuses
   */
  async ask<Q extends AgentQuestion>(
    agentId: string,
    question: Q,
    { waitMs, gone }: { readonly waitMs: number; readonly gone: AbortSignal },
  ): Promise<AnswerTo<Q>> {
    await this.#requireOnline(agentId);
    const questionId = randomUUID();
    const asked = { questionId, agentId, question };
    await this.#put({ ...asked, ticket: this.tickets.sign(asked) });
    const answer = await this.#answer(agentId, questionId, waitMs, gone);
    return answerOf(agentId, question, answer);
  }

  async #requireOnline(agentId: string): Promise<void> {
    const announced = await this.presence.agent(agentId);
    if (announced?.online) return;
    const known = await getAgent(this.ledger, agentId);
    if (!announced && !known) throw notFound('agent', agentId);
    const seenAt = announced?.presence.seenAt ?? known?.lastSeenAt.toISOString();
    throw new ProblemError(
      503,
      `Agent "${agentId}" is not there: it was last heard of at ${seenAt}. Start it on its machine; nobody else can look at it.`,
    );
  }

  async #put(job: AgentAskJob): Promise<void> {
    const queue = openQueue(agentAskQueue(job.agentId), this.redis, this.logger);
    try {
      await queue.add(job.question.kind, job, { jobId: job.questionId, removeOnComplete: true });
    } catch (cause) {
      throw redisIsAway(cause);
    } finally {
      await queue.close();
    }
  }

  async #answer(
    agentId: string,
    questionId: string,
    waitMs: number,
    gone: AbortSignal,
  ): Promise<AgentAnswer> {
    const deadline = performance.now() + waitMs;
    const key = agentAnswerKey(agentId, questionId);
    for (let pauseMs = FIRST_LOOK_MS; ; pauseMs = Math.min(pauseMs * 1.5, LONGEST_LOOK_MS)) {
      const text = await this.redis.get(key).catch((cause: unknown) => {
        throw redisIsAway(cause);
      });
      if (text !== null) {
        await this.redis.del(key).catch(() => undefined);
        return AgentAnswer.parse(JSON.parse(text));
      }
      if (gone.aborted || performance.now() >= deadline) {
        const goneKey = agentGoneKey(agentId, questionId);
        await this.redis.set(goneKey, '1', 'EX', AGENT_ANSWER_KEPT_SECONDS).catch(() => undefined);
        // Nobody reads this: it is no failure of ours.
        if (gone.aborted) throw new ProblemError(408, 'The client went away.');
        throw new ProblemError(
          504,
          `Agent "${agentId}" did not answer in time: it is busy, or has just stopped.`,
        );
      }
      await delay(pauseMs, undefined, { signal: gone }).catch(() => undefined);
    }
  }
}

function redisIsAway(cause: unknown): ProblemError {
  return new ProblemError(503, 'Redis, which carries questions to agents, does not answer now.', { cause });
}
