import { connect as connectPlain, type OnReadOpts, type Socket } from 'node:net';
import { connect as connectSecurely } from 'node:tls';
import { isLoopback, type ReceiverOffer } from '@periodic-backup/contracts';
import type { Credentials } from './credentials-folder.js';
import { inWords, nameIn } from './identity-name.js';

/** What a client shows to receivers, and whom it believes. */
export type TransferCredentials = Pick<Credentials, 'certificate' | 'authority' | 'privateKeyPem'>;

export interface DialOptions {
  /** As they are now: certificates are renewed. Null: it has none, and reaches receivers on its own machine only. */
  readonly credentials: (() => TransferCredentials) | null;
  /** The connection is given up when it is raised before the connection stands. */
  readonly limit: AbortSignal;
  /** Reads into this buffer instead of raising `data`. */
  readonly onread?: OnReadOpts;
}

const KEEPALIVE_AFTER_MS = 10_000;

/**
 * A connection to a receiver. Beyond this machine it is TLS 1.3 and the other end has proven to be a receiver of this
 * fleet, whatever the offer says: offers come through Redis, and whoever can write there must not get to see a byte.
 * On loopback an offer may be plain. @throws Error why it cannot be reached
 */
export async function dialReceiver(
  { host, port, tls = false }: Pick<ReceiverOffer, 'host' | 'port' | 'tls'>,
  { credentials, limit, onread }: DialOptions,
): Promise<Socket> {
  const secure = tls || !isLoopback(host);
  const place = { host, port, ...(onread ? { onread } : {}) };
  const socket = secure ? connectSecurely({ ...place, ...shown(credentials) }) : connectPlain(place);
  socket.setNoDelay(true);
  socket.setKeepAlive(true, KEEPALIVE_AFTER_MS);
  let end: (error?: Error) => void = () => undefined;
  const stands = new Promise<void>((resolve, reject) => {
    end = (error) => (error ? reject(error) : resolve());
  });
  const [onConnect, onError] = [() => end(), (error: Error) => end(error)];
  const onClose = (): void => end(new Error('the connection was closed'));
  const giveUp = (): void => end(new Error('no answer in time'));
  limit.addEventListener('abort', giveUp);
  socket
    .once(secure ? 'secureConnect' : 'connect', onConnect)
    .once('error', onError)
    .once('close', onClose);
  try {
    if (limit.aborted) giveUp();
    await stands;
    return socket;
  } catch (error) {
    socket.on('error', () => undefined);
    socket.destroy();
    throw error;
  } finally {
    limit.removeEventListener('abort', giveUp);
    socket.off('error', onError).off('close', onClose);
  }
}

function shown(credentials: DialOptions['credentials']) {
  if (credentials === null)
    throw new Error(
      'it is on another machine, and this program has no certificate to show there: join the fleet first',
    );
  const { certificate, authority, privateKeyPem } = credentials();
  return {
    minVersion: 'TLSv1.3' as const,
    ca: authority,
    cert: certificate,
    key: privateKeyPem,
    // Receivers are known by their role: their addresses change.
    checkServerIdentity: (_host: string, { subjectaltname }: { readonly subjectaltname?: string }) =>
      notAReceiver(subjectaltname),
  };
}

function notAReceiver(subjectAltName: string | undefined): Error | undefined {
  const name = nameIn({ subjectAltName });
  if (name?.role === 'receiver') return undefined;
  return new Error(`its certificate is that of ${name ? inWords(name) : 'a stranger'}, not of a receiver`);
}
