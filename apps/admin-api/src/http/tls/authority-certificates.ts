import { createPublicKey } from 'node:crypto';
import type { IssuedCertificate } from '@periodic-backup/authority';
import type { Logger } from '@periodic-backup/platform';
import { isDueForRenewal, newPrivateKey } from '@periodic-backup/trust';
import type { FleetAuthority } from '../../fleet/fleet-authority.js';
import type { CertificatePair, CertificateSource } from './certificate-source.js';

const LOOK_EVERY_MS = 3_600_000;

/** Certificates of the built-in authority, for names that somebody chose. Their key lives in memory alone. */
export class AuthorityCertificates implements CertificateSource {
  readonly #key = newPrivateKey();
  #issued: IssuedCertificate | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly authority: FleetAuthority,
    private readonly hosts: readonly string[],
    private readonly logger: Logger,
  ) {}

  async current(): Promise<CertificatePair> {
    const { required: authority } = this.authority;
    const publicKey = createPublicKey(this.#key);
    this.#issued = await authority.issue({ name: null, publicKey, hosts: this.hosts });
    return {
      cert: this.#issued.pem + authority.pem,
      key: this.#key.export({ type: 'pkcs8', format: 'pem' }).toString(),
    };
  }

  follow(onRenewed: (pair: CertificatePair) => void): void {
    this.#timer = setInterval(() => {
      if (this.#issued && !isDueForRenewal(this.#issued)) return;
      this.current().then(onRenewed, (error: unknown) => {
        this.logger.error({ err: error }, 'the certificate of the API could not be renewed');
      });
    }, LOOK_EVERY_MS);
    this.#timer.unref();
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
