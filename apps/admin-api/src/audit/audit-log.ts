import { Inject, Injectable } from '@nestjs/common';
import { appendAudit, type Ledger, type NewAuditEntry } from '@periodic-backup/ledger';
import type { Logger } from '@periodic-backup/platform';
import { LEDGER, LOGGER } from '../connections/tokens.js';
import { ProblemError } from '../http/problem.js';
import { Repeats } from './repeats.js';

/** Who is named in an entry. */
export type Actor = Pick<NewAuditEntry, 'actor' | 'via' | 'address'>;
export type Deed = Pick<NewAuditEntry, 'action' | 'object' | 'detail'>;

/** Writes down what was done and what was refused. */
@Injectable()
export class AuditLog {
  readonly #repeats = new Repeats();

  constructor(
    @Inject(LEDGER) private readonly ledger: Ledger,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Resolves when the entry is durable. @throws ProblemError 503: what is to happen only with an entry must not */
  async append({ actor, via, address }: Actor, { action, object, detail }: Deed): Promise<void> {
    const entry = { actor, via, address, action, object, detail: detail ?? {} };
    try {
      await appendAudit(this.ledger, entry);
    } catch (cause) {
      this.logger.error({ err: cause, entry }, 'the audit log could not be written');
      throw new ProblemError(
        503,
        `The audit log cannot be written now, so "${action}" may have been done without an entry there. The log of the API has it.`,
        { cause },
      );
    }
  }

  /** The same with what was refused. Repeats within a minute are counted, not written; never fails. */
  async refused({ actor, via, address }: Actor, { action, object, detail }: Deed): Promise<void> {
    const repeats = this.#repeats.count(JSON.stringify([actor, via, address, action, object]), Date.now());
    if (repeats === null) return;
    const entry = { actor, via, address, action: `refused.${action}`, object };
    const full = { ...entry, detail: { ...detail, ...(repeats > 0 ? { repeatsBefore: repeats } : {}) } };
    await appendAudit(this.ledger, full).catch((error: unknown) => {
      this.logger.error({ err: error, entry: full }, 'the audit log could not be written');
    });
  }
}
