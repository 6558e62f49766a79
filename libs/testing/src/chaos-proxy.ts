import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';

/** What goes wrong on the way; each may be changed while connections are open. */
export interface Fault {
  /** Bytes per second towards the target, over all connections together. */
  bytesPerSecond?: number;
  /** Each connection is reset after this many bytes towards the target. */
  disconnectAfterBytes?: number;
}

/** A TCP proxy on loopback that counts and breaks: an independent witness of what crossed the wire. */
export class ChaosProxy {
  /** Bytes that arrived from clients, over all connections. */
  bytesFromClients = 0;
  connections = 0;
  readonly #open = new Set<Socket>();
  readonly #server: Server;
  #allowance = 0;
  readonly #refill: NodeJS.Timeout;
  readonly #waiting = new Set<() => void>();

  private constructor(
    private readonly targetPort: number,
    readonly fault: Fault,
  ) {
    this.#server = createServer((client) => this.#forward(client));
    this.#refill = setInterval(() => {
      this.#allowance = (this.fault.bytesPerSecond ?? 0) / 100;
      for (const resume of this.#waiting) resume();
      this.#waiting.clear();
    }, 10);
  }

  /** Listens on a free port in front of `targetPort`, which need not listen yet. */
  static async open(targetPort: number, fault: Fault = {}, port = 0): Promise<ChaosProxy> {
    const proxy = new ChaosProxy(targetPort, fault);
    await new Promise<void>((resolve, reject) => {
      proxy.#server.once('error', reject);
      proxy.#server.listen(port, '127.0.0.1', () => resolve());
    });
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Resets every open connection. */
  cut(): void {
    for (const socket of this.#open) socket.resetAndDestroy();
  }

  async close(): Promise<void> {
    clearInterval(this.#refill);
    this.cut();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #forward(client: Socket): void {
    this.connections++;
    let forwarded = 0;
    const target = connect(this.targetPort, '127.0.0.1');
    for (const socket of [client, target]) {
      this.#open.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.#open.delete(socket);
        (socket === client ? target : client).destroy();
      });
    }
    target.pipe(client);
    client.on('data', (chunk) => {
      this.bytesFromClients += chunk.length;
      forwarded += chunk.length;
      if (this.fault.disconnectAfterBytes !== undefined && forwarded >= this.fault.disconnectAfterBytes) {
        client.resetAndDestroy();
        target.resetAndDestroy();
        return;
      }
      const flowing = target.write(chunk);
      this.#allowance -= chunk.length;
      const throttled = this.fault.bytesPerSecond !== undefined && this.#allowance < 0;
      if (flowing && !throttled) return;
      client.pause();
      if (throttled) this.#waiting.add(() => client.resume());
      else target.once('drain', () => client.resume());
    });
    client.on('end', () => target.end());
  }
}
