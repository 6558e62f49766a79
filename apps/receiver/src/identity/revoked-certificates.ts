import type { KeyObject } from 'node:crypto';
import { REVOCATIONS_KEY, RevocationList, provesKey } from '@periodic-backup/contracts';
import type { RedisClient } from '@periodic-backup/platform';
import type { RefusalNotes } from '@periodic-backup/trust';

/**
 * Certificates that are refused though they have not run out. The control plane tells of them in Redis, signed; whoever
 * can write there can neither let anybody in again nor put anybody out.
 */
export class RevokedCertificates {
  #issuedAt = 0;
  #serials: ReadonlySet<string> = new Set();
  #lastRefused = '';

  constructor(
    private readonly redis: Pick<RedisClient, 'get'>,
    private readonly ticketKey: KeyObject,
    private readonly refusals: Pick<RefusalNotes, 'note'>,
  ) {}

  has(serial: string): boolean {
    return this.#serials.has(serial);
  }

  /** What was published last holds from now on; what is known goes on if Redis cannot say. True if there is a new one. */
  async refresh(): Promise<boolean> {
    const text = await this.redis.get(REVOCATIONS_KEY).catch(() => null);
    if (text === null || text === this.#lastRefused) return false;
    const list = RevocationList.safeParse(parseJson(text)).data;
    const { proof, ...claims } = list ?? {};
    if (!list || !provesKey('revocations', claims, proof ?? '', this.ticketKey)) {
      this.#lastRefused = text;
      this.refusals.note('revocations', 'A list of revoked certificates was not signed by this scheduler.');
      return false;
    }
    // Played again, an old one would let people in.
    if (list.issuedAt <= this.#issuedAt) return false;
    this.#issuedAt = list.issuedAt;
    this.#serials = new Set(list.serials);
    return true;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
