import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { until } from '@periodic-backup/testing';

export interface TakenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A server that keeps what it is sent and answers as it is told; 200 by default. */
export class TestHttpServer {
  readonly requests: TakenRequest[] = [];
  /** Status of the next answers, in order; null: never. */
  readonly answers: (number | null)[] = [];
  readonly headers: Record<string, string> = {};

  private constructor(private readonly server: Server) {}

  static async start(): Promise<TestHttpServer> {
    const server = createServer();
    const self = new TestHttpServer(server);
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { method = '', url: path = '', headers } = request;
        self.requests.push({ method, path, headers, body: Buffer.concat(chunks).toString() });
        const status = self.answers.length > 0 ? self.answers.shift() : 200;
        if (status) response.writeHead(status, self.headers).end('thank you');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return self;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The `nth` request it got, counted from 1. */
  request(nth = 1): Promise<TakenRequest> {
    return until(() => this.requests[nth - 1], { what: `request ${nth} to ${this.url}` });
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
