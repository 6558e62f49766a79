import type { LiveEvent, RunChanged, RunProgress } from '@periodic-backup/contracts/http';
import { urlOf } from '@periodic-backup/api-client/http';
import { setServerTime } from './server-clock.js';

/** The server says `alive` every 10 s: after so long without a word the connection is dead, whatever the browser thinks. */
const SILENCE_MS = 25_000;
const RETRY_MS = 3000;

export interface LiveListener {
  onProgress(progress: RunProgress): void;
  onRun(change: RunChanged): void;
  /** Something was missed: what is shown may be old. */
  onResync(): void;
}

/** How much the page knows of the present. */
export interface LiveState {
  readonly connected: boolean;
  /** When the last word came, by performance.now(); null: none came yet. */
  readonly heardAtMs: number | null;
}

/**
 * The one event source of a tab. The browser itself comes back after the last id it saw; what a browser gives up on (a refusal,
 * a server that is being restarted, a cable that was pulled) is opened anew here, and then all is read again.
 */
export class LiveConnection {
  #source: EventSource | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #state: LiveState = { connected: false, heardAtMs: null };
  readonly #watchers = new Set<() => void>();

  constructor(private readonly listener: LiveListener) {}

  start(): void {
    if (!this.#source) this.#open(false);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = undefined;
    this.#become({ connected: false, heardAtMs: null });
  }

  get state(): LiveState {
    return this.#state;
  }

  readonly watch = (watcher: () => void): (() => void) => {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  };

  #open(again: boolean): void {
    const source = new EventSource(urlOf('GET /events'));
    this.#source = source;
    source.addEventListener('open', () => {
      this.#heard();
      // A new source has no last id: what happened meanwhile is lost.
      if (again) this.listener.onResync();
      again = false;
    });
    source.addEventListener('error', () => {
      this.#become({ ...this.#state, connected: false });
      if (source.readyState === EventSource.CLOSED) this.#openLater(RETRY_MS);
    });
    source.addEventListener('alive', (message) => {
      this.#heard();
      setServerTime((JSON.parse(message.data as string) as { at: string }).at);
    });
    source.addEventListener('resync', () => {
      this.#heard();
      this.listener.onResync();
    });
    for (const type of ['run', 'progress'] as const)
      source.addEventListener(type, (message) => {
        this.#heard();
        this.#pass(JSON.parse(message.data as string) as LiveEvent);
      });
  }

  #pass(event: LiveEvent): void {
    if (event.type === 'progress') this.listener.onProgress(event);
    else this.listener.onRun(event);
  }

  #heard(): void {
    this.#become({ connected: true, heardAtMs: performance.now() });
    this.#openLater(SILENCE_MS);
  }

  #openLater(delayMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#source?.close();
      this.#become({ ...this.#state, connected: false });
      this.#open(true);
      this.#openLater(SILENCE_MS);
    }, delayMs);
  }

  #become(state: LiveState): void {
    const changed = state.connected !== this.#state.connected;
    this.#state = state;
    if (changed) for (const watcher of this.#watchers) watcher();
  }
}
