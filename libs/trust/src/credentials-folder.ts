import { createPublicKey, X509Certificate, type KeyObject } from 'node:crypto';
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CredentialsAnswer } from '@periodic-backup/contracts';
import { z } from 'zod';
import { keyIdOf } from './key-id.js';
import { loadOrCreatePrivateKey } from './private-key.js';
import { replaceFile } from './publish-file.js';
import type { IdentityName } from './identity-name.js';

const FleetAddress = z.object({ host: z.string(), port: z.int().min(1).max(65_535) });
export type FleetAddress = z.infer<typeof FleetAddress>;

const Stored = CredentialsAnswer.extend({
  /** Where new certificates are asked for; null: whoever wrote this folder renews it. */
  fleet: FleetAddress.nullable(),
});

/** What a member of the fleet has to show, and whom it believes. */
export interface Credentials extends z.infer<typeof Stored> {
  readonly name: IdentityName;
  readonly privateKey: KeyObject;
  readonly privateKeyPem: string;
  readonly keyId: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** There are no credentials that could be used; `message` says what to do. */
export class CredentialsError extends Error {
  override readonly name = 'CredentialsError';
  readonly retryable = false;
}

/**
 * The credentials of one member: `key.pem`, made here and never sent anywhere, and `credentials.json`, replaced as a
 * whole when a certificate is renewed. For programs that want files the parts of it stand beside.
 */
export class CredentialsFolder {
  readonly keyFile: string;
  readonly certificateFile: string;
  readonly authorityFile: string;
  readonly ticketKeyFile: string;
  readonly #file: string;
  #loaded: { readonly mtimeMs: number; readonly credentials: Credentials } | null = null;

  /** `mode`: of secret files. */
  constructor(
    readonly path: string,
    private readonly mode = 0o600,
  ) {
    this.keyFile = join(path, 'key.pem');
    this.certificateFile = join(path, 'certificate.pem');
    this.authorityFile = join(path, 'authority.pem');
    this.ticketKeyFile = join(path, 'ticket-public.pem');
    this.#file = join(path, 'credentials.json');
  }

  get exists(): boolean {
    return statSync(this.#file, { throwIfNoEntry: false }) !== undefined;
  }

  /** The key of this member, made at the first call. */
  key(): KeyObject {
    mkdirSync(this.path, { recursive: true, mode: 0o700 });
    return loadOrCreatePrivateKey(this.keyFile, this.mode);
  }

  /** As they are now: whoever holds on to them misses a renewal. @throws CredentialsError */
  load(): Credentials {
    const { mtimeMs } = statSync(this.#file, { throwIfNoEntry: false }) ?? {};
    if (mtimeMs === undefined)
      throw new CredentialsError(
        `There are no credentials in ${this.path}: join first, with the line that "pbk agents invite" prints.`,
      );
    if (this.#loaded?.mtimeMs !== mtimeMs) this.#loaded = { mtimeMs, credentials: this.#read() };
    return this.#loaded.credentials;
  }

  /** Holds afterwards, also after a power cut. */
  store(answer: CredentialsAnswer, fleet: FleetAddress | null): void {
    mkdirSync(this.path, { recursive: true, mode: 0o700 });
    replaceFile(this.certificateFile, answer.certificate, 0o644);
    replaceFile(this.authorityFile, answer.authority, 0o644);
    replaceFile(this.ticketKeyFile, answer.ticketPublicKey, 0o644);
    replaceFile(this.#file, `${JSON.stringify({ ...answer, fleet }, null, 2)}\n`, this.mode);
  }

  #read(): Credentials {
    try {
      const stored = Stored.parse(JSON.parse(readFileSync(this.#file, 'utf8')));
      const certificate = new X509Certificate(stored.certificate);
      const privateKey = loadOrCreatePrivateKey(this.keyFile, this.mode);
      if (!certificate.checkPrivateKey(privateKey)) throw new Error('the key is not that of the certificate');
      return {
        ...stored,
        name: { role: stored.role, id: stored.id },
        privateKey,
        privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
        keyId: keyIdOf(createPublicKey(privateKey)),
        notBefore: certificate.validFromDate,
        notAfter: certificate.validToDate,
      };
    } catch (cause) {
      const why =
        cause instanceof z.ZodError ? 'credentials.json has not the form it should' : reasonOf(cause);
      throw new CredentialsError(
        `The credentials in ${this.path} cannot be used (${why}): join again with a new line.`,
        { cause },
      );
    }
  }
}

function reasonOf(error: unknown): string {
  // A parser would quote what it read.
  return error instanceof SyntaxError ? 'credentials.json is no JSON' : (error as Error).message;
}
