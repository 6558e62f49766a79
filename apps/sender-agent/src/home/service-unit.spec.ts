import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { temporaryDirectory, type TemporaryDirectory } from '@periodic-backup/testing';

const UNIT = resolve(import.meta.dirname, '../../../../deploy/agent/periodic-backup-agent.service');
const PROGRAM = process.env['SYSTEMD_ANALYZE_BIN'] ?? 'systemd-analyze';
const NAME = 'periodic-backup-agent.service';
/** Of 100, as `systemd-analyze security` reckons; it says 20 of a service that reads every file of the machine. */
const MOST_EXPOSED = 20;

let machine: TemporaryDirectory;
beforeAll(async () => {
  machine = await temporaryDirectory();
  const at = async (...names: string[]): Promise<string> => {
    const path = join(machine.path, ...names);
    await mkdir(dirname(path), { recursive: true });
    return path;
  };
  await cp(UNIT, await at('etc/systemd/system', NAME));
  const [, program = ''] = /^ExecStart=(\S+)$/m.exec(await readFile(UNIT, 'utf8')) ?? [];
  await writeFile(await at(program), '#!/bin/sh\n', { mode: 0o755 });
  for (const target of ['sysinit', 'basic', 'shutdown', 'network-online', 'time-sync', 'multi-user'])
    await writeFile(
      await at('etc/systemd/system', `${target}.target`),
      '[Unit]\nDescription=of any machine\n',
    );
});
afterAll(() => machine.remove());

/** What systemd itself says of the unit, as it lies on a machine where the package was installed. */
async function judged(...args: string[]): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(PROGRAM, [...args, `--root=${machine.path}`, NAME]);
  return `${stdout}${stderr}`;
}

describe('the unit of the agent', () => {
  it('is one in which systemd finds nothing wrong', async () => {
    expect(await judged('verify', '--man=no')).toBe('');
  });

  it('exposes no more than a backup of every file needs', async () => {
    const words = await judged('security', '--offline=true', '--no-pager', `--threshold=${MOST_EXPOSED}`);
    expect(words).toMatch(/exposure level for periodic-backup-agent\.service: [012]\.\d OK/);
  });
});
