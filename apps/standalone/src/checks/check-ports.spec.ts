import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { checkPorts } from './check-ports.js';

const server = createServer();
let port: number;

beforeEach(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

describe('checkPorts', () => {
  it('names the process that has a port, and the option that chooses another', async () => {
    const [problem] = await checkPorts([{ what: 'receiver', flag: '--port', host: '127.0.0.1', port }]);
    expect(problem).toContain(`127.0.0.1:${port}, which is in use`);
    expect(problem).toContain('choose another --port');
    if (process.platform === 'linux') expect(problem).toContain(`(pid ${process.pid})`);
  });

  it('finds nothing wrong with a free port and leaves it free', async () => {
    const wanted = [{ what: 'API', flag: '--api-port', host: '127.0.0.2', port }];
    expect(await checkPorts(wanted)).toEqual([]);
    expect(await checkPorts(wanted)).toEqual([]);
  });

  it('refuses an address of another machine', async () => {
    const [problem] = await checkPorts([{ what: 'receiver', flag: '--port', host: '192.0.2.1', port }]);
    expect(problem).toContain('not an address of this machine');
  });
});
