import { openTicket, type AgentTaskJob, type CancelJob, type RunJob } from '@periodic-backup/contracts';
import type { RefusalNotes } from '@periodic-backup/trust';
import { readKey } from '../run/run-backup.js';
import { checkReadTicket } from './check-read-ticket.js';
import { checkTicket } from './check-ticket.js';
import { RunRefused } from './run-refused.js';

/**
 * Lets through what the scheduler has signed for this agent. What it has not leaves a note and has no other effect: not
 * even the run that it names ends. A ticket that has only expired passes: its run is to end with that reason.
 */
export class JobGate {
  constructor(
    private readonly settings: { readonly agentId: string; readonly ticketKeyFile: string },
    private readonly refusals: Pick<RefusalNotes, 'note'>,
  ) {}

  letsRun(job: RunJob | AgentTaskJob): boolean {
    const { agentId, ticketKeyFile } = this.settings;
    try {
      if ('taskOrder' in job) checkReadTicket(job, agentId, readKey(ticketKeyFile));
      else checkTicket(job, agentId, readKey(ticketKeyFile));
      return true;
    } catch (error) {
      if (!(error instanceof RunRefused) || error.code !== 'TICKET_INVALID') return true;
      this.refusals.note('job', error.message, ('taskOrder' in job ? job.taskOrder : job.order).runId);
      return false;
    }
  }

  letsCancel({ runId, ticket }: CancelJob): boolean {
    const { agentId, ticketKeyFile } = this.settings;
    try {
      const claims = openTicket(ticket, readKey(ticketKeyFile), 'cancel');
      if (claims.runId === runId && claims.to === `agent/${agentId}`) return true;
      this.refusals.note('cancel', `The ticket is for another run or agent (${claims.to}).`, runId);
    } catch (error) {
      this.refusals.note('cancel', (error as Error).message, runId);
    }
    return false;
  }
}
