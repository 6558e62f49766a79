import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { publishOnce } from '@periodic-backup/trust';
import { ConfigError } from './config.js';

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const FORM = /^v1\.([0-9a-f]{8})\.([A-Za-z0-9_-]+)$/;

interface Key {
  readonly id: string;
  readonly bytes: Buffer;
}

/** What was sealed cannot be opened: with another key, elsewhere than it was meant for, or changed since. */
export class SealBrokenError extends Error {
  override readonly name = 'SealBrokenError';
  readonly retryable = false;
}

/**
 * Seals secrets for the ledger: AES-256-GCM, bound to the place they are stored at. A sealed text is
 * `v1.<key>.<nonce, ciphertext and tag>`; the first key seals, every key opens.
 */
export class SecretBox {
  private constructor(private readonly keys: readonly [Key, ...Key[]]) {}

  /**
   * The keys of a file: one per line, 64 hexadecimal digits; the first one seals. Whoever comes first makes it, mode 0600.
   * @throws ConfigError if the file holds anything else
   */
  static load(file: string): SecretBox {
    const lines = (read(file) ?? made(file)).split('\n').map((line) => line.trim());
    const keys = lines.filter(Boolean).map((line): Key => {
      if (!/^[0-9a-f]{64}$/i.test(line))
        throw new ConfigError([
          `SECRETS_KEY_FILE ${file}: each line must be 64 hexadecimal digits; make one with: openssl rand -hex ${KEY_BYTES}`,
        ]);
      const bytes = Buffer.from(line, 'hex');
      return { id: createHash('sha256').update(bytes).digest('hex').slice(0, 8), bytes };
    });
    const [first, ...others] = keys;
    if (!first)
      throw new ConfigError([
        `SECRETS_KEY_FILE ${file} is empty: openssl rand -hex ${KEY_BYTES} makes a key.`,
      ]);
    return new SecretBox([first, ...others]);
  }

  /** `place`: where it is stored, such as `alert-channel/<id>`. Nobody can move it elsewhere. */
  seal(text: string, place: string): string {
    const [{ id, bytes }] = this.keys;
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', bytes, nonce).setAAD(Buffer.from(place));
    const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return `v1.${id}.${sealed.toString('base64url')}`;
  }

  /** @throws SealBrokenError */
  open(sealed: string, place: string): string {
    const [, id, body = ''] = FORM.exec(sealed) ?? [];
    const key = this.keys.find((one) => one.id === id);
    if (!key)
      throw new SealBrokenError(
        `A secret of ${place} was sealed with the key ${id ?? '?'}, which SECRETS_KEY_FILE does not hold: add that key as a further line, or give the secret again.`,
      );
    const bytes = Buffer.from(body, 'base64url');
    try {
      const decipher = createDecipheriv('aes-256-gcm', key.bytes, bytes.subarray(0, NONCE_BYTES))
        .setAAD(Buffer.from(place))
        .setAuthTag(bytes.subarray(bytes.length - TAG_BYTES));
      const text = decipher.update(bytes.subarray(NONCE_BYTES, bytes.length - TAG_BYTES));
      return Buffer.concat([text, decipher.final()]).toString('utf8');
    } catch (cause) {
      throw new SealBrokenError(
        `A secret of ${place} was changed in the ledger, or belongs elsewhere: give it again.`,
        {
          cause,
        },
      );
    }
  }

  /** False for what an older key has sealed. */
  isCurrent(sealed: string): boolean {
    return FORM.exec(sealed)?.[1] === this.keys[0].id;
  }
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new ConfigError([`SECRETS_KEY_FILE ${file} cannot be read: ${(error as Error).message}`]);
  }
}

function made(file: string): string {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o755 });
    publishOnce(file, `${randomBytes(KEY_BYTES).toString('hex')}\n`, 0o600);
  } catch (error) {
    throw new ConfigError([`SECRETS_KEY_FILE ${file} cannot be made: ${(error as Error).message}`]);
  }
  return read(file) ?? '';
}
