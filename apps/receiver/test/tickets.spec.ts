import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { ReceiverFixture, type TestReceiver } from './support/receiver-fixture.js';
import { TestClient } from './support/test-client.js';

let fixture: ReceiverFixture;
let receiver: TestReceiver;

beforeAll(async () => {
  fixture = await ReceiverFixture.open();
  receiver = await fixture.receiver();
});
afterAll(() => fixture.close());

test.each([
  ['of another vault', 'WRONG_VAULT', () => fixture.ticket({ vaultId: randomUUID() })],
  ['that has expired', 'TICKET_EXPIRED', () => fixture.ticket({ exp: 1_000 })],
  ['that is not valid yet', 'TICKET_INVALID', () => fixture.ticket({ nbf: 9_999_999_999 })],
  ['with a changed claim', 'TICKET_INVALID', () => fixture.ticket().replace(/\.(.)/, '.X$1')],
  ['that is none', 'TICKET_INVALID', () => 'let me in'],
])('refuses a ticket %s', async (_what, code, ticket) => {
  const client = new TestClient(receiver.port, ticket());
  expect((await client.failed()).code).toBe(code);
  expect(receiver.parts.desk.activeSessions).toBe(0);
});
