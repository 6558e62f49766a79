import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { signTicket, type CancelClaims } from '@periodic-backup/contracts';
import { temporaryDirectory, type TemporaryDirectory } from '@periodic-backup/testing';
import { TestAgent } from '../testing/test-run.js';
import { JobGate } from './job-gate.js';

const RECEIVER = { receiverId: 'cellar', host: '127.0.0.1', port: 7400 };

let root: TemporaryDirectory;
let agent: TestAgent;
let gate: JobGate;
let notes: string[];

beforeEach(async () => {
  root = await temporaryDirectory();
  agent = new TestAgent(root.path);
  notes = [];
  const { agentId, ticketKeyFile } = agent.context;
  gate = new JobGate({ agentId, ticketKeyFile }, { note: (what) => notes.push(what) });
});
afterEach(() => root.remove());

function cancelTicket(claims: Partial<CancelClaims>, key: KeyObject = agent.keys.privateKey): string {
  const nbf = Math.floor(Date.now() / 1000);
  const to = 'agent/test-agent';
  return signTicket({ v: 1, verb: 'cancel', to, runId: randomUUID(), nbf, exp: nbf + 60, ...claims }, key);
}

test('an order passes as the scheduler signed it', () => {
  expect(gate.letsRun(agent.signed(agent.order(), RECEIVER))).toBe(true);
  expect(notes).toEqual([]);
});

test('an order that was forged, changed or made for another agent has no effect but a note', () => {
  const genuine = agent.signed(agent.order(), RECEIVER);
  mkdirSync(join(root.path, 'elsewhere'));
  const stranger = new TestAgent(join(root.path, 'elsewhere'));
  for (const forged of [
    { ...genuine, order: { ...genuine.order, sourceDir: '/etc' } },
    { ...genuine, order: { ...genuine.order, agentId: 'another' } },
    { ...genuine, receivers: [{ ...RECEIVER, host: 'evil.example.org' }] },
    { ...genuine, vaultKey: 'of the forger' },
    { ...genuine, ticket: stranger.signed(genuine.order, RECEIVER).ticket },
    { ...genuine, ticket: cancelTicket({ runId: genuine.order.runId }) },
    { ...genuine, ticket: 'pbk1.e30.e30' },
  ])
    expect(gate.letsRun(forged)).toBe(false);
  expect(notes).toEqual(Array(7).fill('job'));
});

test('a wish to cancel that was forged, or made for another run or agent, has no effect but a note', () => {
  const runId = randomUUID();
  const genuine = cancelTicket({ runId });
  expect(gate.letsCancel({ runId, ticket: genuine })).toBe(true);
  for (const forged of [
    { runId: randomUUID(), ticket: genuine },
    { runId, ticket: cancelTicket({ runId, to: 'agent/another' }) },
    { runId, ticket: cancelTicket({ runId }, generateKeyPairSync('ed25519').privateKey) },
    { runId, ticket: agent.signed(agent.order({ runId }), RECEIVER).ticket },
  ])
    expect(gate.letsCancel(forged)).toBe(false);
  expect(notes).toEqual(Array(4).fill('cancel'));
});
