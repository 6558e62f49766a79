import type { TLSSocket } from 'node:tls';
import { keyIdOf, nameIn, type IdentityName } from '@periodic-backup/trust';

/** Who is at the other end, as its certificate proves. */
export interface PeerIdentity {
  readonly name: IdentityName;
  /** Tickets are bound to it. */
  readonly keyId: string;
  /** Of the certificate, as lists of revoked ones have it. */
  readonly serial: string;
}

/** Null if the certificate names nobody of ours. TLS has checked that it is of our authority and has not run out. */
export function identityOfPeer(socket: TLSSocket): PeerIdentity | null {
  const certificate = socket.getPeerX509Certificate();
  const name = certificate && nameIn(certificate);
  if (!certificate || !name) return null;
  return { name, keyId: keyIdOf(certificate.publicKey), serial: certificate.serialNumber };
}
