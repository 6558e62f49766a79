import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Plan } from '@periodic-backup/contracts';
import { temporaryDirectory, type TemporaryDirectory } from '@periodic-backup/testing';
import { LauncherProcess } from './launcher-process.js';

let scratch: TemporaryDirectory;
let launcher: LauncherProcess;

beforeEach(async () => {
  scratch = await temporaryDirectory();
});
afterEach(async () => {
  await launcher.end();
  await scratch.remove();
});

/** What the printed curl line does. */
async function addPlan(api: string, agentId: string, vaultId: string, sourceDir: string): Promise<Plan> {
  const answer = await fetch(`${api}/api/v1/plans/by-name/${agentId}/documents`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ sourceDir, vaultId, schedule: { kind: 'every', everySeconds: 86_400 } }),
  });
  return Plan.parse(await answer.json());
}

describe('npm start without --source', () => {
  it('says how to add a plan; the plan so made is backed up by later starts, whose agent may read its source', async () => {
    const source = join(scratch.path, 'srv', 'documents');
    mkdirSync(source, { recursive: true });
    writeFileSync(join(source, 'file'), 'content');
    const args = ['--target', join(scratch.path, 'backups'), '--data', join(scratch.path, 'data')];
    launcher = await LauncherProcess.start(...args, '--allow', join(scratch.path, 'srv'));
    const { api, agentId, vaultId } = await launcher.first('started');
    await launcher.says(`curl -X PUT ${api}/api/v1/plans/by-name/${agentId}/documents`);
    const plan = await addPlan(api, agentId, vaultId, source);
    launcher.signal('SIGTERM');
    await launcher.endsWith(0);

    // Neither --source nor --allow, and a home directory elsewhere: only the plan names the directory now.
    launcher = await LauncherProcess.start(...args, '--once');
    await launcher.endsWith(0);
    expect(launcher.eventsOf('run').at(-1)?.run).toMatchObject({ planId: plan.id, state: 'committed' });
  });
});
