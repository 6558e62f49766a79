import { constants } from 'node:crypto';
import type { Socket } from 'node:net';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import type { Logger } from '@periodic-backup/platform';
import { inWords, type CredentialsFolder, type RefusalNotes } from '@periodic-backup/trust';
import { identityOfPeer, type PeerIdentity } from '../identity/peer-identity.js';
import type { RevokedCertificates } from '../identity/revoked-certificates.js';
import type { Pending, PendingConnections } from './pending-connections.js';

/**
 * Connections from other machines: TLS 1.3, with a certificate of the fleet's authority on both ends. Whoever shows none
 * is refused by the handshake, before a byte of a frame is read.
 */
export class SecureEntrance {
  #server: Server | undefined;
  #shown = '';

  constructor(
    private readonly credentials: Pick<CredentialsFolder, 'load'>,
    private readonly parts: {
      readonly revoked: Pick<RevokedCertificates, 'has'>;
      readonly refusals: Pick<RefusalNotes, 'note'>;
      readonly logger: Pick<Logger, 'info'>;
    },
  ) {}

  /** The server to listen with. Handshakes under way count as pending connections. */
  open(
    pending: PendingConnections,
    handshakeDeadlineMs: number,
    accept: (socket: TLSSocket, identity: PeerIdentity) => void,
  ): Server {
    const waiting = new Map<string, Pending>();
    const leave = (socket: Socket): void => {
      const one = waiting.get(endsOf(socket));
      if (one) pending.remove(one);
      waiting.delete(endsOf(socket));
    };
    const server = createServer({
      ...this.#show(),
      requestCert: true,
      rejectUnauthorized: true,
      handshakeTimeout: handshakeDeadlineMs,
    });
    server.on('connection', (raw: Socket) => {
      const ends = endsOf(raw);
      const one = { address: raw.remoteAddress ?? '', drop: () => raw.destroy() };
      waiting.set(ends, one);
      pending.add(one);
      raw.once('close', () => {
        if (waiting.get(ends) !== one) return;
        pending.remove(one);
        waiting.delete(ends);
      });
    });
    server.on('tlsClientError', (error, socket) => {
      leave(socket);
      this.#tellRefused(socket, error.message);
      // Node leaves it open.
      socket.destroy();
    });
    server.on('secureConnection', (socket) => {
      leave(socket);
      const identity = this.#admitted(socket);
      if (identity) accept(socket, identity);
      else socket.destroy();
    });
    this.#server = server;
    return server;
  }

  /** New connections see a certificate that was renewed. */
  refresh(): void {
    const before = this.#shown;
    const next = this.#show();
    if (next.cert !== before) this.#server?.setSecureContext(next);
  }

  #show() {
    const { certificate, authority, privateKeyPem } = this.credentials.load();
    this.#shown = certificate;
    return {
      ...{ cert: certificate, key: privateKeyPem, ca: authority, minVersion: 'TLSv1.3' as const },
      // A session that is resumed would not show its certificate again.
      secureOptions: constants.SSL_OP_NO_TICKET,
    };
  }

  #admitted(socket: TLSSocket): PeerIdentity | null {
    const identity = identityOfPeer(socket);
    if (!identity) {
      this.#tellRefused(socket, 'its certificate names nobody of this fleet');
      return null;
    }
    if (!this.parts.revoked.has(identity.serial)) return identity;
    this.parts.refusals.note(
      'certificate',
      `${inWords(identity.name)} came with a certificate that was revoked.`,
    );
    return null;
  }

  /** Strangers knock at every port: that is no line of the audit log. */
  #tellRefused({ remoteAddress }: Socket, error: string): void {
    this.parts.logger.info({ peer: remoteAddress, error }, 'connection refused');
  }
}

/** The same for a connection before and after its handshake. */
function endsOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
