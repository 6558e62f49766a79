import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { cpSync, existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunOrder } from '@periodic-backup/contracts';
import { openScene, type Scene } from '../testing/scene.js';
import { doTask } from './do-task.js';

let scene: Scene;
let order: RunOrder;
let rules: string;

beforeEach(async () => {
  scene = await openScene();
  for (let i = 0; i < 20; i++) writeFileSync(join(scene.agent.source, `f${i}`), `content ${i}`);
  order = scene.agent.order({ afterTransmit: 'move', backupDir: scene.agent.backup });
  rules = scene.agent.context.state.rules;
});
afterEach(() => scene.close());

const left = (): string[] => readdirSync(scene.agent.source);
const kept = (): string[] => (existsSync(scene.agent.backup) ? readdirSync(scene.agent.backup) : []);

/** The agent stops as soon as the receipt is there, as if it had crashed between receipt and rule. */
async function crashBetweenReceiptAndRule(): Promise<void> {
  const { pending } = scene.agent.context;
  const store = pending.store.bind(pending);
  pending.store = (rule) => {
    store(rule);
    scene.agent.cancel.stop();
  };
  const end = await scene.agent.run(order, scene.receiver.offer);
  expect(end.receipt).not.toBeNull();
  pending.store = store;
  scene.agent.renewCancel();
}

describe('a crash between the receipt and the rule', () => {
  it('leaves the source untouched, and the list and the receipt on disk', async () => {
    await crashBetweenReceiptAndRule();
    expect(left()).toHaveLength(20);
    expect(kept()).toEqual([]);
    expect(readdirSync(rules)).toHaveLength(2);
  });

  it('is made good at the next start of the agent', async () => {
    await crashBetweenReceiptAndRule();
    const listener = { connected: () => undefined, progress: () => undefined };
    const end = await doTask({ kind: 'rule', order }, scene.agent.context, listener, scene.agent.cancel);
    expect(end).toMatchObject({ error: null, counts: { files: 20 } });
    expect(left()).toEqual([]);
    expect(kept()).toHaveLength(20);
    expect(readdirSync(rules)).toEqual([]);
  });

  it('is made good when the run is repeated, without asking a receiver', async () => {
    await crashBetweenReceiptAndRule();
    const end = await scene.agent.run(order);
    expect(end.receipt?.runId).toBe(order.runId);
    expect(left()).toEqual([]);
  });

  it('is made good by the next run of the plan', async () => {
    await crashBetweenReceiptAndRule();
    writeFileSync(join(scene.agent.source, 'new'), 'n');
    const next = scene.agent.order({ afterTransmit: 'move', backupDir: scene.agent.backup });
    expect((await scene.agent.run(next, scene.receiver.offer)).error).toBeNull();
    expect(kept()).toHaveLength(21);
  });

  it('does not touch a file that was rewritten meanwhile', async () => {
    await crashBetweenReceiptAndRule();
    writeFileSync(join(scene.agent.source, 'f7'), 'rewritten');
    await scene.agent.run(order);
    expect(left()).toEqual(['f7']);
    expect(kept()).toHaveLength(19);
  });

  it('does nothing twice when the rule was half applied', async () => {
    await crashBetweenReceiptAndRule();
    // What the disk holds if the machine died after the rule had been applied but not forgotten.
    cpSync(rules, `${rules}.before`, { recursive: true });
    await scene.agent.run(order);
    cpSync(`${rules}.before`, rules, { recursive: true });
    const end = await scene.agent.run(order);
    expect(end.problems).toEqual([]);
    expect(kept().sort()).toEqual([...Array.from({ length: 20 }, (_, i) => `f${i}`)].sort());
  });

  it('is made good from the list when only the receipt was lost', async () => {
    await crashBetweenReceiptAndRule();
    scene.agent.forgetReceipt(order);
    const again = await scene.agent.run({ ...order, epoch: order.epoch + 1 }, scene.receiver.offer);
    expect(again.receipt?.epoch).toBe(order.epoch);
    expect(left()).toEqual([]);
  });
});
