import type { KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CertificateAuthority } from '@periodic-backup/authority';
import { loadOrCreateKeyPair } from '@periodic-backup/platform';
import type { AdminApiConfig } from '../config.js';
import { ProblemError } from '../http/problem.js';

/** What only the control plane has: the certificate authority and the key of tickets. */
export class FleetAuthority {
  private constructor(
    /** Null: this API was not given the files. */
    readonly certificates: CertificateAuthority | null,
    readonly ticketKey: KeyObject | null,
    private readonly ticketKeyFile: string,
  ) {}

  /** Where the key of tickets lies, the authority lies too; made here if it is not there yet. */
  static async open(config: AdminApiConfig): Promise<FleetAuthority> {
    const { TICKET_PRIVATE_KEY_FILE: privateFile, TICKET_PUBLIC_KEY_FILE: publicFile } = config;
    if (privateFile === undefined || publicFile === undefined) return new FleetAuthority(null, null, '');
    const { privateKey } = loadOrCreateKeyPair(privateFile, publicFile);
    const certificates = await CertificateAuthority.open(
      config.AUTHORITY_KEY_FILE ?? join(dirname(privateFile), 'authority-key.pem'),
      config.AUTHORITY_FILE ?? join(dirname(publicFile), 'authority.pem'),
    );
    return new FleetAuthority(certificates, privateKey, publicFile);
  }

  /** @throws ProblemError 501 without the files */
  get required(): CertificateAuthority {
    if (this.certificates) return this.certificates;
    throw new ProblemError(
      501,
      'This API has no certificate authority: set TICKET_PRIVATE_KEY_FILE and TICKET_PUBLIC_KEY_FILE to the files of the scheduler; it then makes one beside them.',
    );
  }

  /** PEM. */
  get ticketPublicKey(): string {
    return readFileSync(this.ticketKeyFile, 'utf8');
  }
}
