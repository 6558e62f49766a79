import { createPublicKey } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { isDueForRenewal, newPrivateKey, type TransferCredentials } from '@periodic-backup/trust';
import { FleetAuthority } from './fleet-authority.js';

interface Issued extends TransferCredentials {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** What this API shows to receivers on other machines. Key and certificate live as long as the process. */
@Injectable()
export class ApiIdentity {
  readonly #key = newPrivateKey();
  #issued: Promise<Issued> | null = null;

  constructor(private readonly authority: FleetAuthority) {}

  /** A certificate that is good for a while; null: this API has no authority to make one. */
  async credentials(): Promise<TransferCredentials | null> {
    if (!this.authority.certificates) return null;
    const held = await this.#issued?.catch(() => null);
    if (!held || isDueForRenewal(held)) this.#issued = this.#issue();
    return this.#issued;
  }

  async #issue(): Promise<Issued> {
    const authority = this.authority.required;
    const { pem, notBefore, notAfter } = await authority.issue({
      name: { role: 'api', id: 'control-plane' },
      publicKey: createPublicKey(this.#key),
    });
    const privateKeyPem = this.#key.export({ type: 'pkcs8', format: 'pem' }) as string;
    return { certificate: pem, authority: authority.pem, privateKeyPem, notBefore, notAfter };
  }
}
