import type { OnModuleDestroy } from '@nestjs/common';
import {
  LauncherAnswer,
  type LauncherReply,
  type LauncherRequest,
  type LauncherState,
  type LauncherWish,
} from '@periodic-backup/contracts';
import { ProblemError } from '../http/problem.js';

/** The way to whoever started this process: its IPC channel. */
export interface LauncherChannel {
  send?(message: unknown): unknown;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  off(event: 'message', listener: (message: unknown) => void): unknown;
}

/** It looks at a port or two. */
const DESCRIBE_MS = 3000;
/** A receiver that starts or drains. */
const ACT_MS = 75_000;
/** Lists of receivers are asked for again and again. */
const STATE_GOOD_MS = 2000;

export const HOW_TO_START_A_RECEIVER =
  'This API cannot start processes, for "npm start" did not start it. Start a receiver where its target directory is: ' +
  'one more container ("docker compose up -d --scale receiver=N"), or "node apps/receiver/dist/bundle.js" with TARGET_DIR, ' +
  'RECEIVER_PORT, REDIS_URL and TICKET_PUBLIC_KEY_FILE set.';

/** Asks the launcher that started this process, if one did. */
export class LauncherLink implements OnModuleDestroy {
  readonly #waiting = new Map<number, (reply: LauncherReply) => void>();
  #lastId = 0;
  #state: { readonly at: number; readonly state: LauncherState | null } = { at: -Infinity, state: null };

  /** Null: no launcher started this process. */
  constructor(private readonly channel: LauncherChannel | null) {
    channel?.on('message', this.#take);
  }

  get isThere(): boolean {
    return this.channel !== null;
  }

  onModuleDestroy(): void {
    this.channel?.off('message', this.#take);
  }

  /** What it runs; null without one, or if it does not answer. */
  async state(): Promise<LauncherState | null> {
    if (!this.channel) return null;
    if (performance.now() - this.#state.at < STATE_GOOD_MS) return this.#state.state;
    const reply = await this.#ask({ kind: 'describe' }, DESCRIBE_MS);
    const state = reply?.kind === 'state' ? reply.state : null;
    this.#state = { at: performance.now(), state };
    return state;
  }

  /** @throws ProblemError 501 without a launcher, 422 with the fields it refuses, 503 if it fails or does not answer */
  async act(wish: Exclude<LauncherWish, { kind: 'describe' }>): Promise<LauncherReply> {
    if (!this.channel) throw new ProblemError(501, HOW_TO_START_A_RECEIVER);
    const reply = await this.#ask(wish, ACT_MS);
    this.#state = { at: -Infinity, state: null };
    if (reply === null)
      throw new ProblemError(503, 'The launcher does not answer: look at the window it runs in.');
    if (reply.kind === 'failed') throw new ProblemError(503, reply.message);
    if (reply.kind === 'refused')
      throw new ProblemError(422, 'The receiver cannot be started as described.', { errors: reply.problems });
    return reply;
  }

  readonly #take = (message: unknown): void => {
    const parsed = LauncherAnswer.safeParse(message);
    if (parsed.success) this.#waiting.get(parsed.data.id)?.(parsed.data.answer);
  };

  #ask(wish: LauncherWish, waitMs: number): Promise<LauncherReply | null> {
    const id = ++this.#lastId;
    const request: LauncherRequest = { type: 'launcher-request', id, wish };
    return new Promise((resolve) => {
      const timer = setTimeout(() => settle(null), waitMs);
      const settle = (reply: LauncherReply | null): void => {
        clearTimeout(timer);
        this.#waiting.delete(id);
        resolve(reply);
      };
      this.#waiting.set(id, settle);
      try {
        this.channel?.send?.(request);
      } catch {
        // The channel closes when the launcher ends; so will this process in a moment.
        settle(null);
      }
    });
  }
}
