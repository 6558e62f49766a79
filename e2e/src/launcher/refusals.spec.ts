import { once } from 'node:events';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { temporaryDirectory, type TemporaryDirectory } from '@periodic-backup/testing';
import { LauncherProcess, processesOf } from './launcher-process.js';

let scratch: TemporaryDirectory;
let source: string;
let data: string;

beforeEach(async () => {
  scratch = await temporaryDirectory();
  source = join(scratch.path, 'docs');
  data = join(scratch.path, 'data');
  mkdirSync(source);
});
afterEach(() => scratch.remove());

async function refusal(...args: string[]): Promise<string[]> {
  const launcher = await LauncherProcess.start('--data', data, ...args);
  await launcher.endsWith(2);
  expect(processesOf(data)).toEqual([]);
  return launcher.eventsOf('problem').map(({ text }) => text);
}

describe('npm start refuses', () => {
  it('wrong input, all of it at once, and makes nothing', async () => {
    const target = join(scratch.path, 'backups');
    const problems = await refusal(
      ...[
        '--source',
        join(scratch.path, 'missing'),
        '--target',
        target,
        '--every',
        'soon',
        '--after',
        'move',
      ],
    );
    expect(problems).toEqual([
      expect.stringContaining('--after move needs --backup-dir'),
      expect.stringContaining('--every "soon" is not a period'),
      expect.stringContaining('does not exist'),
    ]);
    expect(readdirSync(scratch.path)).toEqual(['docs']);
  });

  it('a target inside a source', async () => {
    expect(await refusal('--source', source, '--target', join(source, 'backups'))).toEqual([
      expect.stringContaining('lies in the source'),
    ]);
  });

  it('a target that cannot be written', async () => {
    const file = join(scratch.path, 'file');
    writeFileSync(file, '');
    expect(await refusal('--source', source, '--target', join(file, 'backups'))).toEqual([
      expect.stringContaining('cannot be written'),
    ]);
  });

  it('a port that is taken, and names the option that chooses another', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const target = join(scratch.path, 'backups');
    expect(await refusal('--source', source, '--target', target, '--port', String(port))).toEqual([
      expect.stringMatching(new RegExp(`${port}, which is in use by .* choose another --port`)),
    ]);
    server.close();
    await once(server, 'close');
  });

  it('a second instance on the same data folder, which does not trouble the first', async () => {
    const args = ['--target', join(scratch.path, 'backups'), '--data', data];
    const first = await LauncherProcess.start(...args);
    try {
      await first.first('started');
      const second = await LauncherProcess.start(...args);
      await second.endsWith(2);
      expect(second.eventsOf('problem')).toEqual([
        expect.objectContaining({ text: expect.stringContaining(`kill ${first.pid}`) }),
      ]);
      first.signal('SIGINT');
      await first.endsWith(0);
    } finally {
      await first.end();
    }
  });
});
