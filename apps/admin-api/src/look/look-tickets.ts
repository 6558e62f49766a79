import type { KeyObject } from 'node:crypto';
import { digestOrder, signTicket, type AgentAskJob } from '@periodic-backup/contracts';
import { loadOrCreateKeyPair } from '@periodic-backup/platform';
import { ProblemError } from '../http/problem.js';

/** A question waits for its agent no longer than that. */
const LIFE_SECONDS = 60;

/** Signs what an agent wants to see before it lets anyone look at its machine. */
export class LookTickets {
  private constructor(private readonly key: KeyObject | null) {}

  /** With the scheduler's key pair, made here if it is not there yet; without files no agent can be asked. */
  static load(privateFile: string | undefined, publicFile: string | undefined): LookTickets {
    if (privateFile === undefined || publicFile === undefined) return new LookTickets(null);
    return new LookTickets(loadOrCreateKeyPair(privateFile, publicFile).privateKey);
  }

  get canSign(): boolean {
    return this.key !== null;
  }

  /** @throws ProblemError 501 if this API has no key */
  sign({ agentId, questionId, question }: Omit<AgentAskJob, 'ticket'>, now = new Date()): string {
    if (this.key === null)
      throw new ProblemError(
        501,
        'This API cannot look at machines: set TICKET_PRIVATE_KEY_FILE and TICKET_PUBLIC_KEY_FILE to the files of the scheduler.',
      );
    const nbf = Math.floor(now.getTime() / 1000);
    return signTicket(
      {
        ...{ v: 1, verb: 'look', agentId, questionId, questionDigest: digestOrder(question) },
        ...{ nbf, exp: nbf + LIFE_SECONDS },
      },
      this.key,
    );
  }
}
