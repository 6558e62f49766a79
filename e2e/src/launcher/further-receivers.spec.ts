import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Plan, ReceiverView, type Problem } from '@periodic-backup/contracts';
import { freePort, temporaryDirectory, until, type TemporaryDirectory } from '@periodic-backup/testing';
import { LaunchedStack } from '../support/launched-stack.js';

let folder: TemporaryDirectory;
let stack: LaunchedStack | null;
const at = (...names: string[]): string => join(folder.path, ...names);

beforeEach(async () => {
  folder = await temporaryDirectory();
  mkdirSync(at('papers'));
  writeFileSync(at('papers', 'letter'), 'Dear Ada\n');
  stack = null;
});
afterEach(async () => {
  await stack?.stop();
  await folder.remove();
});

const start = (): Promise<LaunchedStack> =>
  LaunchedStack.start({ source: at('papers'), target: at('target'), dataDir: at('data') });

async function send(method: string, path: string, body?: object): Promise<{ status: number; body: unknown }> {
  const answer = await fetch(`${stack?.api}/${path}`, {
    method,
    ...(body ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {}),
  });
  return { status: answer.status, body: await answer.json() };
}

describe('another receiver on the machine of npm start', () => {
  it('is started by the API, takes a plan by its address, comes back with the next start, and is forgotten', async () => {
    stack = await start();
    expect(stack.output).toContain(`"console":"http://127.0.0.1:${stack.apiPort}/"`);
    const port = await freePort();
    const refused = await send('POST', 'receivers', {
      port: stack.receiverPort,
      targetDir: at('papers', 'x'),
    });
    expect(refused.status).toBe(422);
    expect(new Set((refused.body as Problem).errors?.map(({ path }) => path))).toEqual(
      new Set(['port', 'targetDir']),
    );

    const started = await send('POST', 'receivers', { port, targetDir: at('disk'), maxClients: 3 });
    expect(started.status).toBe(201);
    const receiver = ReceiverView.parse(started.body);
    expect(receiver).toMatchObject({
      port,
      maxClients: 3,
      online: true,
      startedHere: true,
      vaultName: 'disk',
    });

    const { agentId, sourceDir } = await stack.plan();
    const put = await send('PUT', `plans/by-name/${agentId}/elsewhere`, {
      ...{ sourceDir, schedule: { kind: 'cron', cron: '0 0 1 1 *' } },
      receiver: { host: 'localhost', port },
    });
    const plan = Plan.parse(put.body);
    expect(plan.vaultId).toBe(receiver.vaultId);
    const { body: accepted } = await send('POST', `plans/${plan.id}/run`);
    const run = await stack.ended((accepted as { runId: string }).runId);
    expect(run).toMatchObject({ state: 'committed', receiverId: receiver.receiverId });
    expect(readdirSync(at('disk', agentId))).toEqual(['elsewhere']);

    expect(await stack.stop()).toBe(0);
    expect(stack.leftOver()).toEqual([]);
    stack = await start();
    const again = await until(
      async () =>
        (await stack!.receivers()).find((one) => one.receiverId === receiver.receiverId && one.online),
      { what: 'the receiver to come back', deadlineMs: 30_000 },
    );
    expect(again).toMatchObject({ port, startedHere: true, vaultId: receiver.vaultId });

    const stopped = await send('DELETE', `receivers/${receiver.receiverId}`);
    expect(stopped).toMatchObject({
      status: 200,
      body: { sentence: expect.stringMatching(/One plan goes there/) },
    });
    expect((await stack.receivers()).map(({ receiverId }) => receiverId)).not.toContain(receiver.receiverId);
    expect(readdirSync(at('disk', agentId, 'elsewhere')).length).toBeGreaterThan(0);
  });
});
