import type { Logger } from '@periodic-backup/platform';
import type { AdminApiConfig } from '../../config.js';
import type { FleetAuthority } from '../../fleet/fleet-authority.js';
import { AuthorityCertificates } from './authority-certificates.js';
import { FileCertificates } from './file-certificates.js';

/** PEM: the certificate with those that lead to its authority, and its key. */
export interface CertificatePair {
  readonly cert: string;
  readonly key: string;
}

/** Where the API's certificate comes from. */
export interface CertificateSource {
  /** What to begin with. @throws ConfigError if there is none */
  current(): Promise<CertificatePair>;
  /** Tells of every later one, until `close`. */
  follow(onRenewed: (pair: CertificatePair) => void): void;
  close(): void;
}

/** Null: the API speaks HTTP, and TLS is the business of a proxy, or of nobody on this machine. */
export function certificateSource(
  { API_TLS_CERT_FILE: certFile, API_TLS_KEY_FILE: keyFile, API_TLS_NAMES: names }: AdminApiConfig,
  authority: FleetAuthority,
  logger: Logger,
): CertificateSource | null {
  if (certFile !== undefined && keyFile !== undefined) return new FileCertificates(certFile, keyFile);
  return names === undefined ? null : new AuthorityCertificates(authority, names.split(','), logger);
}
