import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { ConfigError } from '@periodic-backup/platform';
import type { CertificatePair, CertificateSource } from './certificate-source.js';

/** Reading two small files now and then costs nothing, and sees what links and mounts hide from watching. */
const LOOK_EVERY_MS = 1000;

/** A certificate of one's own, in two files that something else renews. */
export class FileCertificates implements CertificateSource {
  #pair: CertificatePair | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly certFile: string,
    private readonly keyFile: string,
  ) {}

  async current(): Promise<CertificatePair> {
    try {
      return (this.#pair = this.#read());
    } catch (error) {
      throw new ConfigError([
        `API_TLS_CERT_FILE ${this.certFile} and API_TLS_KEY_FILE ${this.keyFile} cannot be used together: ${(error as Error).message}`,
      ]);
    }
  }

  follow(onRenewed: (pair: CertificatePair) => void): void {
    this.#timer = setInterval(() => {
      let pair: CertificatePair;
      try {
        pair = this.#read();
      } catch {
        // One file is new and the other not yet, or one is being written: the next look sees both.
        return;
      }
      if (pair.cert === this.#pair?.cert && pair.key === this.#pair.key) return;
      this.#pair = pair;
      onRenewed(pair);
    }, LOOK_EVERY_MS);
    this.#timer.unref();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** Only what fits together. */
  #read(): CertificatePair {
    const pair = { cert: readFileSync(this.certFile, 'utf8'), key: readFileSync(this.keyFile, 'utf8') };
    createSecureContext(pair);
    return pair;
  }
}
