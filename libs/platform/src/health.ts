import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';

/** Says why a service is not ready, or null. Must answer within 2 s. */
export type ReadinessCheck = () => Promise<string | null>;

/** Runs every check; the first sentence per failing check. */
export async function notReadyReasons(
  checks: Readonly<Record<string, ReadinessCheck>>,
): Promise<Record<string, string>> {
  const results = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => [name, await inTime(check)] as const),
  );
  return Object.fromEntries(results.flatMap(([name, reason]) => (reason === null ? [] : [[name, reason]])));
}

async function inTime(check: ReadinessCheck): Promise<string | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve('did not answer within 2 s'), 2000);
  });
  try {
    return await Promise.race([check(), late]);
  } catch (error) {
    return (error as Error).message;
  } finally {
    clearTimeout(timer);
  }
}

/** `/livez`, `/readyz` and `/metrics` for a service that has no HTTP of its own. */
export class HealthServer {
  #server: Server | undefined;

  constructor(
    private readonly checks: Readonly<Record<string, ReadinessCheck>>,
    private readonly metrics: Registry,
  ) {}

  /** Listens; port 0 takes any free one. Resolves with the port. */
  async listen(host: string, port: number): Promise<number> {
    const server = createServer((request, response) => {
      void this.#answer(request.url ?? '/').then(({ status, type, body }) => {
        response.writeHead(status, { 'content-type': type }).end(body);
      });
    });
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, () => resolve());
    });
    return (server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  async #answer(url: string): Promise<{ status: number; type: string; body: string }> {
    if (url === '/livez') return { status: 200, type: 'application/json', body: '{"status":"ok"}' };
    if (url === '/metrics')
      return { status: 200, type: this.metrics.contentType, body: await this.metrics.metrics() };
    if (url !== '/readyz')
      return {
        status: 404,
        type: 'application/json',
        body: '{"error":"not found: try /livez, /readyz or /metrics"}',
      };
    const reasons = await notReadyReasons(this.checks);
    const ready = Object.keys(reasons).length === 0;
    return {
      status: ready ? 200 : 503,
      type: 'application/json',
      body: JSON.stringify(ready ? { status: 'ok' } : { status: 'not ready', reasons }),
    };
  }
}
