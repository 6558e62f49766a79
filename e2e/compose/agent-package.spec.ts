import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { temporaryDirectory, until, freePort, type TemporaryDirectory } from '@periodic-backup/testing';
import { LaunchedStack } from '../src/support/launched-stack.js';
import { runDocker } from './run-docker.js';

const ROOT = resolve(import.meta.dirname, '../..');
const NODE_IMAGE = 'node:26-trixie-slim';
const MACHINE = `pbk-agent-package-${process.pid}`;

let folder: TemporaryDirectory;
let stack: LaunchedStack;
const at = (...names: string[]): string => join(folder.path, ...names);

beforeAll(async () => {
  folder = await temporaryDirectory();
  for (const name of ['here', 'mail', 'target', 'package']) mkdirSync(at(name));
  writeFileSync(at('mail', 'letter'), 'Dear Ada\n');
  chmodSync(at('mail'), 0o755);
  execFileSync('npm', ['run', '--silent', 'package:agent', '--', `--out=${at('package')}`], { cwd: ROOT });
  stack = await LaunchedStack.startEmpty({
    ...{ target: at('target'), dataDir: at('data') },
    env: { FLEET_PORT: String(await freePort()) },
  });
}, 300_000);
afterAll(async () => {
  await runDocker(['rm', '--force', MACHINE]).catch(() => undefined);
  await stack?.stop();
  await folder?.remove();
}, 60_000);

async function send(method: string, path: string, body: object): Promise<Record<string, unknown>> {
  const answer = await fetch(`${stack.api}/${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return (await answer.json()) as Record<string, unknown>;
}

it('a machine that has only Node becomes an agent with one command and is backed up', async () => {
  const { line } = await send('POST', 'agents/invitations', { id: 'mailserver' });
  const [file = ''] = readdirSync(at('package'));
  // Without systemd, as containers are, somebody else starts it, as the user that was made for it.
  const script = `
    tar -xzf /package/${file} -C /tmp
    /tmp/periodic-backup-agent-*/install "$LINE" --allow /srv/mail
    exec setpriv --reuid=periodic-backup-agent --regid=periodic-backup-agent --init-groups sender-agent`;
  await runDocker([
    ...['run', '--detach', '--name', MACHINE, '--network', 'host', '--env', `LINE=${String(line)}`],
    ...['--volume', `${at('package')}:/package:ro`, '--volume', `${at('mail')}:/srv/mail:ro`],
    ...[NODE_IMAGE, 'sh', '-ec', script],
  ]);
  await until(
    async () => {
      const { items } = (await (await fetch(`${stack.api}/agents`)).json()) as {
        items: { agentId: string; online: boolean }[];
      };
      return items.some(({ agentId, online }) => agentId === 'mailserver' && online);
    },
    { deadlineMs: 60_000, what: 'the agent to be there' },
  );
  const [receiver] = await stack.receivers();
  const plan = await send('POST', 'plans', {
    ...{ name: 'mail', agentId: 'mailserver', sourceDir: '/srv/mail', vaultId: receiver?.vaultId },
    schedule: { kind: 'cron', cron: '0 0 1 1 *' },
  });
  const { runId } = await send('POST', `plans/${String(plan['id'])}/run`, {});
  expect(await stack.ended(String(runId))).toMatchObject({ state: 'committed', agentId: 'mailserver' });
  expect(readdirSync(at('target', 'mailserver', 'mail', 'latest'))).toEqual(['letter']);
  // What this machine allows is not the agent's to change.
  const settings = await runDocker([
    'exec',
    MACHINE,
    'stat',
    '-c',
    '%U %a',
    '/var/lib/periodic-backup-agent/agent.env',
  ]);
  expect(settings.trim()).toBe('root 640');
}, 180_000);
