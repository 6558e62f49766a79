import { Server, type CustomTransportStrategy } from '@nestjs/microservices';
import { createServer, type AddressInfo, type Server as SocketServer, type Socket } from 'node:net';
import type { Hello, SessionError } from '@periodic-backup/protocol';
import { StartError } from '../start-error.js';
import type { Reception } from '../sessions/reception.js';
import { Greeting } from './greeting.js';
import type { PeerIdentity } from '../identity/peer-identity.js';
import type { PeerSocket } from './peer-socket.js';
import { PendingConnections } from './pending-connections.js';
import type { ReceiveBuffers } from './receive-buffers.js';
import type { SecureEntrance } from './secure-entrance.js';

export interface ProtocolServerOptions {
  readonly host: string;
  readonly port: number;
  readonly handshakeDeadlineMs: number;
  readonly maxPendingConnections: number;
  readonly maxPendingPerAddress: number;
  readonly drainDeadlineMs: number;
}

/* `Server` asks for its events as functions by name. */
interface ProtocolServerEvents extends Record<string, (...args: never[]) => void> {
  /** It accepts backups on this port. */
  listening: (port: number) => void;
  /** It takes no new sessions from now on. */
  draining: () => void;
  /** A connection ended before it had a session. */
  refused: (error: SessionError) => void;
}

const LAST_WORDS_MS = 3_000;

/** The transfer protocol as a transport of Nest: accepts connections and hands those with a HELLO to the reception. */
export class ProtocolServer extends Server<ProtocolServerEvents> implements CustomTransportStrategy {
  readonly #pending: PendingConnections;
  readonly #peers = new Set<PeerSocket>();
  readonly #listeners: Partial<ProtocolServerEvents> = {};
  #server: SocketServer | undefined;
  #closing: Promise<void> | undefined;

  constructor(
    private readonly options: ProtocolServerOptions,
    private readonly reception: Reception,
    private readonly buffers: ReceiveBuffers,
    /** Null: plain connections, on loopback only. */
    private readonly entrance: SecureEntrance | null = null,
  ) {
    super();
    this.#pending = new PendingConnections(options.maxPendingConnections, options.maxPendingPerAddress);
  }

  listen(callback: (error?: Error) => void): void {
    const { host, port } = this.options;
    const server = this.entrance
      ? this.entrance.open(this.#pending, this.options.handshakeDeadlineMs, (accepted, identity) =>
          this.#accept(accepted, identity),
        )
      : createServer({ pauseOnConnect: true }, (accepted) => this.#accept(accepted, null));
    this.#server = server;
    const onError = (error: NodeJS.ErrnoException): void => callback(bindError(error, host, port));
    server.once('error', onError);
    server.listen({ host, port }, () => {
      server.off('error', onError);
      // A failed accept (no descriptors left) concerns one connection.
      server.on('error', (error) => this.logger.warn(`A connection could not be accepted: ${error.message}`));
      callback();
      this.#listeners.listening?.((server.address() as AddressInfo).port);
    });
  }

  /** Drains and closes; resolves when every socket is closed. Safe to call twice. */
  close(): Promise<void> {
    this.#closing ??= this.#drain();
    return this.#closing;
  }

  on<Event extends keyof ProtocolServerEvents>(event: Event, callback: ProtocolServerEvents[Event]): void {
    this.#listeners[event] = callback;
  }

  /** Whoever shows one of these certificates is cut off, in the middle of a session as well. */
  dismiss(isRevoked: (serial: string) => boolean): void {
    for (const peer of this.#peers) if (peer.identity && isRevoked(peer.identity.serial)) peer.destroy();
  }

  unwrap<T>(): T {
    return this.#server as T;
  }

  #accept(accepted: Socket, identity: PeerIdentity | null): void {
    // Gone again before it was accepted.
    if (accepted.destroyed || !accepted.remoteAddress) return void accepted.destroy();
    const { handshakeDeadlineMs } = this.options;
    const outcome = {
      onHello: (self: Greeting, hello: Hello, rest: Buffer) => {
        this.#pending.remove(self);
        this.reception.admit(self.peer, hello, rest);
      },
      onOver: (self: Greeting, error: SessionError | null) => {
        this.#pending.remove(self);
        if (error) this.#listeners.refused?.(error);
      },
    };
    const greeting = new Greeting(accepted, this.buffers, handshakeDeadlineMs, outcome, identity);
    const { peer } = greeting;
    this.#peers.add(peer);
    void peer.closed.then(() => this.#peers.delete(peer));
    this.#pending.add(greeting);
  }

  /** The listening socket stays open meanwhile: clients are told DRAINING instead of finding nobody. */
  async #drain(): Promise<void> {
    this.#listeners.draining?.();
    await this.reception.drain(this.options.drainDeadlineMs);
    this.reception.stop();
    const server = this.#server;
    const closed = new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()));
    this.#pending.dropAll();
    const timer = setTimeout(() => this.#peers.forEach((peer) => peer.destroy()), LAST_WORDS_MS);
    await Promise.all([...this.#peers].map((peer) => peer.closed));
    clearTimeout(timer);
    await closed;
  }
}

/** One sentence with the remedy. */
function bindError(error: NodeJS.ErrnoException, host: string, port: number): Error {
  const remedies: Record<string, string> = {
    EADDRINUSE: `Port ${port} on ${host} is taken: stop the program that listens there or set RECEIVER_PORT to another port.`,
    EADDRNOTAVAIL: `This machine has no address ${host}: set RECEIVER_HOST to one it has, or to 0.0.0.0 for all.`,
    EACCES: `This user may not listen on port ${port}: set RECEIVER_PORT to a port of 1024 or above.`,
    ENOTFOUND: `The host name ${host} is not known here: set RECEIVER_HOST to an address of this machine.`,
  };
  const sentence = remedies[error.code ?? ''] ?? `Cannot listen on ${host} port ${port}: ${error.message}.`;
  return new StartError(sentence, { cause: error });
}
