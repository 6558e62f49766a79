import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

/** The first port from `first` on that nobody on loopback listens on, none of `except`; `first` if there is none. */
export async function freePortFrom(first: number, except: readonly number[]): Promise<number> {
  for (let port = first; port <= 65_535; port++)
    if (!except.includes(port) && (await isFree(port))) return port;
  return first;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}

/** Loopback ports that were free a moment ago, all different. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
