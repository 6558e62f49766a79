import { Injectable } from '@nestjs/common';
import { SignedReport, type RunEvent } from '@periodic-backup/contracts';
import { ForgeryLog } from '../forgeries/forgery-log.js';
import { ReportGate } from '../forgeries/report-gate.js';
import { EventRouter } from './event-router.js';

/** Takes what comes from Redis: what is genuine goes on, the rest leaves a line in the audit log and nothing else. */
@Injectable()
export class ReportTaker {
  constructor(
    private readonly gate: ReportGate,
    private readonly forgeries: ForgeryLog,
    private readonly events: EventRouter,
  ) {}

  async take(payload: unknown, jobId: string): Promise<void> {
    const signed = SignedReport.safeParse(payload);
    if (!signed.success) return this.#refuse(null, null, 'it has not the form of a signed report');
    const { report } = signed.data;
    const verdict = await this.gate.judge(signed.data, jobId);
    switch (verdict.kind) {
      case 'genuine':
        return this.events.take(verdict.report);
      case 'forged':
        return this.#refuse(objectOf(report), verdict.claimed, verdict.reason);
      case 'flood':
        if (verdict.isFirst)
          await this.forgeries.note({
            ...{ what: 'flood', noticedBy: 'scheduler', object: null, claimed: verdict.claimed },
            reason: 'more reports than any member has to make; what is too much is not heard',
          });
        return;
    }
  }

  async #refuse(object: string | null, claimed: string | null, reason: string): Promise<void> {
    await this.forgeries.note({ what: 'report', noticedBy: 'scheduler', object, claimed, reason });
  }
}

function objectOf(report: RunEvent): string | null {
  if (report.type === 'receipt') return `run/${report.receipt.runId}`;
  return 'runId' in report && report.runId !== null ? `run/${report.runId}` : null;
}
