import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

interface Backend {
  readonly port: number;
  bytesFromClients: number;
}

/** The least that calls itself a TCP load balancer: each new connection goes to the next backend, dead or alive. */
export class RoundRobinBalancer {
  readonly #backends: readonly Backend[];
  readonly #open = new Set<Socket>();
  readonly #server: Server;
  #next = 0;

  private constructor(ports: readonly number[]) {
    this.#backends = ports.map((port) => ({ port, bytesFromClients: 0 }));
    this.#server = createServer((client) => this.#forward(client));
  }

  /** Listens on a free port in front of backends that need not listen yet. */
  static async open(ports: readonly number[]): Promise<RoundRobinBalancer> {
    const balancer = new RoundRobinBalancer(ports);
    await new Promise<void>((resolve) => balancer.#server.listen(0, '127.0.0.1', () => resolve()));
    return balancer;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get bytesFromClients(): number {
    return this.#backends.reduce((sum, backend) => sum + backend.bytesFromClients, 0);
  }

  /** Of each backend, in their order. */
  get bytesByBackend(): number[] {
    return this.#backends.map(({ bytesFromClients }) => bytesFromClients);
  }

  resetCounts(): void {
    for (const backend of this.#backends) backend.bytesFromClients = 0;
  }

  async close(): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #forward(client: Socket): void {
    const backend = this.#backends[this.#next++ % this.#backends.length] as Backend;
    const server = connect(backend.port, '127.0.0.1');
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#open.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        this.#open.delete(socket);
        other.destroy();
      });
    }
    client.on('data', (chunk: Buffer) => (backend.bytesFromClients += chunk.length));
    client.pipe(server);
    server.pipe(client);
  }
}
