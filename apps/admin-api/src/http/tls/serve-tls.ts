import { Server } from 'node:tls';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from '@periodic-backup/platform';
import type { CertificatePair, CertificateSource } from './certificate-source.js';

/** Nothing older than TLS 1.3. */
export function tlsOptions(pair: CertificatePair): CertificatePair & { readonly minVersion: 'TLSv1.3' } {
  return { ...pair, minVersion: 'TLSv1.3' };
}

/** Connections from now on are shown the newest certificate; those that there are go on. */
export function renewCertificates(
  app: NestFastifyApplication,
  source: CertificateSource,
  logger: Logger,
): void {
  const fastify = app.getHttpAdapter().getInstance();
  const server: unknown = fastify.server;
  if (!(server instanceof Server))
    throw new Error('The API was started without TLS: nothing can be renewed.');
  source.follow((pair) => {
    server.setSecureContext(tlsOptions(pair));
    logger.info('the API has taken its new certificate');
  });
  fastify.addHook('onClose', () => {
    source.close();
  });
}
