import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { ProblemError } from '../http/problem.js';

/** Argon2id as OWASP recommends it: 19 MiB, two passes, one lane. */
const COST = { memory: 19_456, passes: 2, parallelism: 1 } as const;
const TAG_BYTES = 32;
const SALT_BYTES = 16;
/** Of the four threads of Node's pool, which files and names need as well. */
const AT_ONCE = 2;
const MAX_WAITING = 32;

const PHC =
  /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$([A-Za-z0-9+/]{1,88})\$([A-Za-z0-9+/]{1,88})$/;

type Cost = { readonly memory: number; readonly passes: number; readonly parallelism: number };

const PREFIX = prefixOf(COST);
/** Fits no password. Comparing with it takes as long as with a real one. */
const NOBODY = phc(Buffer.alloc(SALT_BYTES), Buffer.alloc(TAG_BYTES));

/**
 * Hashes passwords on other threads, a few at once: any number of logins takes two times 19 MiB, and what comes when too
 * many wait is turned away.
 */
export class PasswordHasher {
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  /** As a PHC string. @throws ProblemError 503 when too many wait */
  async hash(password: string): Promise<string> {
    const salt = randomBytes(SALT_BYTES);
    return phc(salt, await this.#derive(password, salt, COST, TAG_BYTES));
  }

  /** Null for nobody's hash: takes as long, and is false. @throws ProblemError 503 when too many wait */
  async matches(password: string, hash: string | null): Promise<boolean> {
    const [, memory, passes, parallelism, salt = '', tag = ''] = PHC.exec(hash ?? NOBODY) ?? [];
    if (memory === undefined) throw new Error('A stored password is not a PHC string of argon2id.');
    const cost = { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) };
    const expected = Buffer.from(tag, 'base64');
    const derived = await this.#derive(password, Buffer.from(salt, 'base64'), cost, expected.length);
    return timingSafeEqual(derived, expected) && hash !== null;
  }

  /** True for a hash of another cost than one would be made with now. */
  isOutdated(hash: string): boolean {
    return !hash.startsWith(PREFIX);
  }

  /** @throws ProblemError 503 when too many wait */
  needRoom(): void {
    if (this.#waiting.length < MAX_WAITING) return;
    throw new ProblemError(503, 'Too many logins at once: try again in a moment.', {
      headers: { 'retry-after': '2' },
    });
  }

  async #derive(password: string, nonce: Buffer, cost: Cost, tagLength: number): Promise<Buffer> {
    await this.#turn();
    try {
      return await new Promise((resolve, reject) =>
        argon2('argon2id', { message: password, nonce, tagLength, ...cost }, (error, derived) =>
          error ? reject(error) : resolve(derived),
        ),
      );
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running--;
    }
  }

  /** The place of one that is done goes to the next in line. */
  async #turn(): Promise<void> {
    if (this.#running < AT_ONCE) {
      this.#running++;
      return;
    }
    this.needRoom();
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}

function prefixOf({ memory, passes, parallelism }: Cost): string {
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$`;
}

function phc(salt: Buffer, tag: Buffer): string {
  const base64 = (bytes: Buffer): string => bytes.toString('base64').replaceAll('=', '');
  return `${prefixOf(COST)}${base64(salt)}$${base64(tag)}`;
}
