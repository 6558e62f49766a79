import {
  Damage,
  RunError,
  VERIFICATION_KEPT_SECONDS,
  VERIFICATION_STOPPED,
  openTicket,
  provesKey,
  verificationKey,
  type TaskOrder,
} from '@periodic-backup/contracts';
import type { RedisClient } from '@periodic-backup/platform';
import type { KeyObject } from 'node:crypto';
import { z } from 'zod';
import type { VaultVoice } from '../vault/vault-voice.js';

const PartProgress = z.object({ filesRead: z.int().nonnegative(), bytesRead: z.int().nonnegative() });
export type PartProgress = z.infer<typeof PartProgress>;

/** What became of a part of a verification. */
export const PartResult = PartProgress.extend({
  damages: z.array(Damage),
  damageCount: z.int().nonnegative(),
  error: RunError.nullable(),
});
export type PartResult = z.infer<typeof PartResult>;

export interface BoardState {
  /** By where the part begins: base64, empty for the first. */
  readonly results: ReadonlyMap<string, PartResult>;
  readonly live: ReadonlyMap<string, PartProgress>;
}

type Attempt = Pick<TaskOrder, 'runId' | 'epoch'>;

/** A value and the signature of the vault's key over it, its field and its run. */
const Signed = z.object({ value: z.unknown(), proof: z.string() });

/**
 * Where receivers that share a verification tell each other of its parts: a hash in Redis per run. Losing it costs the
 * work that is noted there and nothing else. What no receiver of this vault has signed is as if it were not there.
 */
export class PartBoard {
  constructor(
    private readonly redis: RedisClient,
    private readonly voice: VaultVoice,
    /** Signs the wish to stop. */
    private readonly ticketKey: KeyObject,
  ) {}

  /** Makes this the attempt that counts; false if a newer one is. */
  async begin(attempt: Attempt): Promise<boolean> {
    if (!(await this.isCurrent(attempt))) return false;
    await this.#set(attempt, 'epoch', attempt.epoch);
    return true;
  }

  /** False once a newer attempt of the run has begun, or the run was cancelled. */
  async isCurrent(attempt: Attempt): Promise<boolean> {
    const [epoch = null, stopped = null] = await this.redis.hmget(
      this.#key(attempt),
      'epoch',
      VERIFICATION_STOPPED,
    );
    const current = z.int().safeParse(this.#open(attempt, 'epoch', epoch)).data ?? 0;
    return current <= attempt.epoch && !this.#isStopped(attempt, stopped);
  }

  /** How often the part was begun, this time included. */
  async countStart(attempt: Attempt, from: string | null): Promise<number> {
    return this.redis.hincrby(this.#key(attempt), fieldOf(attempt, 'starts', from), 1);
  }

  async noteProgress(attempt: Attempt, from: string | null, progress: PartProgress): Promise<void> {
    const { filesRead, bytesRead } = progress;
    await this.#set(attempt, fieldOf(attempt, 'live', from), { filesRead, bytesRead });
  }

  async noteResult(attempt: Attempt, from: string | null, result: PartResult): Promise<void> {
    await this.#set(attempt, fieldOf(attempt, 'result', from), result);
  }

  async read(attempt: Attempt): Promise<BoardState> {
    const results = new Map<string, PartResult>();
    const live = new Map<string, PartProgress>();
    for (const [field, text] of Object.entries(await this.redis.hgetall(this.#key(attempt)))) {
      const [epoch, kind, from] = field.split('.');
      if (epoch !== String(attempt.epoch) || from === undefined || kind === 'starts') continue;
      const value = this.#open(attempt, field, text);
      const result = kind === 'result' ? PartResult.safeParse(value).data : undefined;
      const progress = kind === 'live' ? PartProgress.safeParse(value).data : undefined;
      if (result) results.set(from, result);
      if (progress) live.set(from, progress);
    }
    return { results, live };
  }

  async #set(attempt: Attempt, field: string, value: unknown): Promise<void> {
    const key = this.#key(attempt);
    const proof = this.voice.prove('board', statement(attempt, field, value));
    await this.redis.hset(key, field, JSON.stringify({ value, proof }));
    await this.redis.expire(key, VERIFICATION_KEPT_SECONDS);
  }

  /** What a receiver of this vault has put there; undefined if none has. */
  #open(attempt: Attempt, field: string, text: string | null): unknown {
    const signed = Signed.safeParse(parseJson(text));
    if (!signed.success) return undefined;
    const { value, proof } = signed.data;
    const genuine = provesKey('board', statement(attempt, field, value), proof, this.voice.publicKey);
    return genuine ? value : undefined;
  }

  #isStopped({ runId }: Attempt, ticket: string | null): boolean {
    if (ticket === null) return false;
    try {
      const claims = openTicket(ticket, this.ticketKey, 'cancel');
      return claims.runId === runId && claims.to === `vault/${this.voice.vaultId}`;
    } catch {
      return false;
    }
  }

  #key({ runId }: Attempt): string {
    return verificationKey(this.voice.vaultId, runId);
  }
}

function statement({ runId }: Attempt, field: string, value: unknown): object {
  return { runId, field, value };
}

function fieldOf({ epoch }: Attempt, kind: 'result' | 'live' | 'starts', from: string | null): string {
  return `${epoch}.${kind}.${from ?? ''}`;
}

function parseJson(text: string | null): unknown {
  try {
    return JSON.parse(text ?? 'null');
  } catch {
    return null;
  }
}
