import { randomBytes } from 'node:crypto';
import { Inject, Injectable, type MessageEvent, type OnModuleDestroy } from '@nestjs/common';
import {
  AGENT_LIVE_PATTERN,
  LIVE_CHANNEL,
  LiveEvent,
  RunProgress,
  agentOfLiveChannel,
} from '@periodic-backup/contracts';
import { Observable, Subject } from 'rxjs';
import { LOGGER, METRICS, REDIS } from '../connections/tokens.js';
import { LatestProgress } from './latest-progress.js';
import { RunOwners } from './run-owners.js';
import {
  ChannelSubscription,
  Gauge,
  type Logger,
  type RedisClient,
  type Registry,
} from '@periodic-backup/platform';

const KEPT_RUN_EVENTS = 500;
/** Clients that hear nothing for two of these know that they are blind: browsers hide comments, hence an event. */
const HEARTBEAT_MS = 10_000;
const CLIENT_RETRY_MS = 2000;
/** A client that comes gets no more than it could read at once. */
const PROGRESS_AT_ONCE = 200;

export interface EventFilter {
  readonly planId?: string | undefined;
  readonly runId?: string | undefined;
}

interface Numbered {
  readonly sequence: number;
  readonly event: LiveEvent;
}

/**
 * What happens to runs, for screens. One subscription to Redis serves any number of clients. The latest changes of
 * state are kept, so that a client that was away a moment continues after the last id it saw; one that missed more is
 * told to `resync`, that is to read everything again. Of the progress of each run the last one is kept for whoever comes.
 */
@Injectable()
export class LiveFeed implements OnModuleDestroy {
  /** Ids of another process mean nothing here. */
  readonly #epoch = randomBytes(4).toString('hex');
  readonly #live = new Subject<Numbered | 'resync'>();
  readonly #subscription: ChannelSubscription;
  readonly #clients: Gauge;
  readonly #progress = new LatestProgress();
  #kept: Numbered[] = [];
  #sequence = 0;
  /** Of the newest run event that is no longer kept. */
  #forgotten = 0;

  constructor(
    @Inject(REDIS) redis: RedisClient,
    @Inject(LOGGER) logger: Logger,
    @Inject(METRICS) metrics: Registry,
    private readonly owners: RunOwners,
  ) {
    this.#clients = new Gauge({
      name: 'pbk_event_clients',
      help: 'Clients that follow the live events now',
      registers: [metrics],
    });
    const listener = {
      onMessage: (text: string, channel: string) => void this.#take(text, channel),
      onGap: () => this.#live.next('resync'),
    };
    this.#subscription = new ChannelSubscription(
      redis,
      { channels: [LIVE_CHANNEL], patterns: [AGENT_LIVE_PATTERN] },
      listener,
      logger,
    );
  }

  onModuleDestroy(): void {
    this.#live.complete();
    this.#subscription.close();
  }

  /** Events that fit, from now on or after `lastId`; ends when the service stops. */
  stream(filter: EventFilter, lastId?: string): Observable<MessageEvent> {
    return new Observable<MessageEvent>((client) => {
      this.#clients.inc();
      const since = lastId === undefined ? this.#sequence : this.#sequenceOf(lastId);
      const pass = (numbered: Numbered): void => {
        if (fits(numbered.event, filter)) client.next(this.#message(numbered));
      };
      client.next({ id: this.#id(since ?? this.#sequence), retry: CLIENT_RETRY_MS, comment: 'connected' });
      client.next(this.#alive());
      if (since === null) client.next(this.#resync());
      else this.#kept.filter(({ sequence }) => sequence > since).forEach(pass);
      this.#progressFor(filter).forEach((progress) =>
        client.next(this.#message({ sequence: since ?? this.#sequence, event: progress })),
      );
      const heartbeat = setInterval(() => client.next(this.#alive()), HEARTBEAT_MS);
      const subscription = this.#live.subscribe({
        next: (item) => (item === 'resync' ? client.next(this.#resync()) : pass(item)),
        complete: () => client.complete(),
      });
      return () => {
        this.#clients.dec();
        clearInterval(heartbeat);
        subscription.unsubscribe();
      };
    });
  }

  /** The last that was heard of a run under way. */
  progressOf(runId: string): RunProgress | null {
    return this.#progress.of(runId);
  }

  #progressFor(filter: EventFilter): RunProgress[] {
    return this.#progress
      .all()
      .filter((progress) => fits(progress, filter))
      .slice(-PROGRESS_AT_ONCE);
  }

  /** Only the scheduler says what became of runs; an agent says how far its own ones are. */
  async #take(text: string, channel: string): Promise<void> {
    const agentId = agentOfLiveChannel(channel);
    const event = (agentId === null ? LiveEvent : RunProgress).safeParse(parseJson(text));
    if (!event.success) return;
    if (agentId !== null && event.data.type === 'progress' && !(await this.owners.owns(agentId, event.data)))
      return;
    this.#progress.hear(event.data);
    const numbered = { sequence: ++this.#sequence, event: event.data };
    if (event.data.type === 'run') {
      this.#kept.push(numbered);
      if (this.#kept.length > KEPT_RUN_EVENTS) this.#forgotten = this.#kept.shift()!.sequence;
    }
    this.#live.next(numbered);
  }

  #id(sequence: number): string {
    return `${this.#epoch}-${sequence}`;
  }

  /** Null if what came after that id is not wholly known. */
  #sequenceOf(id: string): number | null {
    const [epoch, digits] = id.split('-');
    const sequence = Number(digits);
    if (epoch !== this.#epoch || !Number.isSafeInteger(sequence)) return null;
    return sequence >= this.#forgotten && sequence <= this.#sequence ? sequence : null;
  }

  #message({ sequence, event }: Numbered): MessageEvent {
    return { id: this.#id(sequence), type: event.type, data: event };
  }

  #alive(): MessageEvent {
    return { id: this.#id(this.#sequence), type: 'alive', data: { at: new Date().toISOString() } };
  }

  #resync(): MessageEvent {
    return { id: this.#id(this.#sequence), type: 'resync', data: {} };
  }
}

function fits(event: LiveEvent, { planId, runId }: EventFilter): boolean {
  return (planId === undefined || event.planId === planId) && (runId === undefined || event.runId === runId);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
