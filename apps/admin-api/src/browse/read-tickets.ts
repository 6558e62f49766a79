import type { KeyObject } from 'node:crypto';
import { signTicket, type SnapshotView } from '@periodic-backup/contracts';
import { loadOrCreateKeyPair } from '@periodic-backup/platform';
import { ProblemError } from '../http/problem.js';

/** Where the snapshots of a plan lie. */
export type PlanInVault = Pick<SnapshotView, 'vaultId' | 'agentFolder' | 'planFolder'>;

/** A session may be opened within this time; it may last longer. */
const LIFE_SECONDS = 5 * 60;

/** Signs what a receiver wants to see before it reads a plan's snapshots to someone. */
export class ReadTickets {
  private constructor(private readonly key: KeyObject | null) {}

  /** With the scheduler's key pair, made here if it is not there yet; without files nothing can be read. */
  static load(privateFile: string | undefined, publicFile: string | undefined): ReadTickets {
    if (privateFile === undefined || publicFile === undefined) return new ReadTickets(null);
    return new ReadTickets(loadOrCreateKeyPair(privateFile, publicFile).privateKey);
  }

  /** @throws ProblemError 501 if this API has no key */
  sign({ vaultId, agentFolder, planFolder }: PlanInVault, now = new Date()): string {
    if (this.key === null)
      throw new ProblemError(
        501,
        'This API cannot look into snapshots: set TICKET_PRIVATE_KEY_FILE and TICKET_PUBLIC_KEY_FILE to the files of the scheduler.',
      );
    const nbf = Math.floor(now.getTime() / 1000);
    return signTicket(
      {
        ...{ v: 1, verb: 'read', vaultId, agentFolder, planFolder, snapshot: null },
        ...{ runId: null, agentId: null, orderDigest: null, nbf, exp: nbf + LIFE_SECONDS },
      },
      this.key,
    );
  }
}
