import { LIVE_CHANNEL, type RunEvent, type RunProgress } from '@periodic-backup/contracts';
import type { Logger } from '@periodic-backup/platform';
import type { EndedEvent, Outbox } from './outbox.js';

/** Where events go: the `run-events` queue. Rejects while Redis is away. */
export type EventSink = (event: RunEvent, jobId?: string) => Promise<void>;
/** Where screens listen; may lose messages. */
export type LiveSink = (channel: string, message: string) => Promise<void>;

/** Tells the scheduler what happens to runs. An end is told until it is heard; the rest is told once. */
export class RunReports {
  #delivering: Promise<void> | null = null;

  constructor(
    private readonly agentId: string,
    private readonly outbox: Outbox,
    private readonly send: EventSink,
    private readonly sendLive: LiveSink,
    private readonly logger: Logger,
  ) {}

  /** True if the end of this attempt waits to be told. */
  hasEnd(runId: string, epoch: number): boolean {
    return this.outbox.has(runId, epoch);
  }

  started(runId: string, epoch: number): void {
    this.#once({ type: 'started', ...this.#attempt(runId, epoch) });
  }

  connected(runId: string, epoch: number, receiverId: string): void {
    this.#once({ type: 'connected', ...this.#attempt(runId, epoch), receiverId });
  }

  alive(runId: string, epoch: number, counts: EndedEvent['counts']): void {
    this.#once({ type: 'alive', ...this.#attempt(runId, epoch), counts });
  }

  progress(progress: RunProgress): void {
    this.sendLive(LIVE_CHANNEL, JSON.stringify(progress)).catch(() => undefined);
  }

  /** The end is on disk on return and told as soon as Redis takes it; resolves after the first try. */
  async ended(
    runId: string,
    epoch: number,
    end: Pick<EndedEvent, 'counts' | 'problems' | 'receipt' | 'error'>,
  ): Promise<void> {
    const { counts, problems, receipt, error } = end;
    this.outbox.put({ type: 'ended', ...this.#attempt(runId, epoch), counts, problems, receipt, error });
    await this.deliver();
  }

  /** Tells every end that waits; stops at the first that is not taken. */
  deliver(): Promise<void> {
    this.#delivering ??= this.#deliverAll().finally(() => {
      this.#delivering = null;
    });
    return this.#delivering;
  }

  /** After the ends of earlier attempts: no attempt of this agent lives but the named. Rejects while Redis is away. */
  async agentStarted(runIds: string[]): Promise<void> {
    const { agentId } = this;
    await this.send({ type: 'agent-started', agentId, at: new Date().toISOString(), runIds });
  }

  async #deliverAll(): Promise<void> {
    // A further look: what ended while the last was told belongs to this delivery.
    for (let events = this.outbox.all(); events.length > 0; events = this.outbox.all()) {
      for (const event of events) {
        try {
          await this.send(event, `${event.runId}.${event.epoch}.ended`);
        } catch (error) {
          this.logger.debug({ runId: event.runId, error: (error as Error).message }, 'report not delivered');
          return;
        }
        this.outbox.remove(event);
      }
    }
  }

  #once(event: RunEvent): void {
    this.send(event).catch((error: unknown) => {
      this.logger.debug({ type: event.type, error: (error as Error).message }, 'event not delivered');
    });
  }

  #attempt(runId: string, epoch: number) {
    return { runId, epoch, agentId: this.agentId, at: new Date().toISOString() };
  }
}
