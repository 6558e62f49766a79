import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { temporaryDirectory, type TemporaryDirectory } from '@periodic-backup/testing';
import { freePorts } from '../processes/free-port.js';
import { receiverProblems } from './check-receiver.js';

let scratch: TemporaryDirectory;
let port: number;
const at = (...parts: string[]): string => join(scratch.path, ...parts);

beforeEach(async () => {
  scratch = await temporaryDirectory();
  [port = 0] = await freePorts(1);
  for (const name of ['source', 'data', 'target']) mkdirSync(at(name));
});
afterEach(() => scratch.remove());

const check = (targetDir: string, changes: { host?: string; port?: number } = {}) =>
  receiverProblems(
    { host: '127.0.0.1', port, maxClients: 10, targetDir, ...changes },
    { sourceDirs: [at('source')], dataDir: at('data'), targetDirs: [at('target')] },
  );

describe('a further receiver', () => {
  it('may have a target of its own, which is made, or share that of another', async () => {
    expect(await check(at('new', 'target'))).toEqual([]);
    expect(existsSync(at('new', 'target'))).toBe(true);
    expect(await check(at('target'))).toEqual([]);
  });

  it.each([
    ['in a source', () => at('source', 'backups'), /lies in the source/],
    ['that holds a source', () => at(), /lies in the target/],
    ['that holds the data folder', () => at('data'), /data folder/],
    ['inside that of another', () => at('target', 'deep'), /hold each other/],
    ['that is a file', () => at('file'), /cannot be written/],
  ])('is refused a target %s', async (_, targetDir, words) => {
    writeFileSync(at('file'), '');
    const problems = await check(targetDir());
    expect(problems.length).toBeGreaterThan(0);
    expect(problems[0]).toEqual({ path: 'targetDir', message: expect.stringMatching(words) });
    for (const { message } of problems) expect(message).not.toMatch(/--/);
  });

  it('is refused a port that is taken, and an address of another machine', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const taken = (server.address() as AddressInfo).port;
    const [problem] = await check(at('new'), { port: taken });
    server.close();
    expect(problem).toEqual({ path: 'port', message: expect.stringMatching(/in use.*another port/) });
    expect(await check(at('new'), { host: '192.0.2.1' })).toEqual([
      { path: 'host', message: expect.stringMatching(/not an address of this machine: choose another host/) },
    ]);
  });
});
