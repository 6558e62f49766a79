import {
  agentLiveChannel,
  type RunCounts,
  type RunEvent,
  type RunProgress,
} from '@periodic-backup/contracts';
import type { Logger } from '@periodic-backup/platform';
import type { RunEnd } from '../run/run-backup.js';
import type { RunTask } from '../runs/run-task.js';
import type { EndedEvent, Outbox } from './outbox.js';

/** Where events go: the `run-events` queue. Rejects while Redis is away. */
export type EventSink = (event: RunEvent, jobId?: string) => Promise<void>;
/** Where screens listen; may lose messages. */
export type LiveSink = (channel: string, message: string) => Promise<void>;

/** Tells what happens to the attempts of one kind of run. */
export interface AttemptReports {
  started(runId: string, epoch: number): void;
  connected(runId: string, epoch: number, receiverId: string): void;
  alive(runId: string, epoch: number, counts: RunCounts): void;
  progress(progress: RunProgress): void;
  /** The end is on disk on return and told as soon as Redis takes it; resolves after the first try. */
  ended(runId: string, epoch: number, end: RunEnd): Promise<void>;
}

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

  /** What is told of a task: backups and other kinds of runs have events of their own. */
  of(task: RunTask): AttemptReports {
    return task.kind === 'task' ? this.#ofTasks : this.#ofBackups;
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

  readonly #ofBackups: AttemptReports = {
    started: (runId, epoch) => this.#once({ type: 'started', ...this.#attempt(runId, epoch) }),
    connected: (runId, epoch, receiverId) =>
      this.#once({ type: 'connected', ...this.#attempt(runId, epoch), receiverId }),
    alive: (runId, epoch, counts) => this.#once({ type: 'alive', ...this.#attempt(runId, epoch), counts }),
    progress: (progress) => this.#show(progress),
    ended: (runId, epoch, { counts, problems, receipt, error }) =>
      this.#end({ type: 'ended', ...this.#attempt(runId, epoch), counts, problems, receipt, error }),
  };

  readonly #ofTasks: AttemptReports = {
    started: (runId, epoch) => this.#once({ type: 'task-started', ...this.#taskAttempt(runId, epoch) }),
    connected: () => undefined,
    alive: (runId, epoch, counts) =>
      this.#once({ type: 'task-alive', ...this.#taskAttempt(runId, epoch), counts }),
    progress: (progress) => this.#show(progress),
    ended: (runId, epoch, { counts, problems, result = null, error }) =>
      this.#end({ type: 'task-ended', ...this.#taskAttempt(runId, epoch), counts, problems, result, error }),
  };

  #show(progress: RunProgress): void {
    this.sendLive(agentLiveChannel(this.agentId), JSON.stringify(progress)).catch(() => undefined);
  }

  async #end(event: EndedEvent): Promise<void> {
    this.outbox.put(event);
    await this.deliver();
  }

  #taskAttempt(runId: string, epoch: number) {
    return { runId, epoch, by: this.agentId, at: new Date().toISOString() };
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
