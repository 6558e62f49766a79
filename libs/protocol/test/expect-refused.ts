import { FRAME, FRAME_HEADER_BYTES, type SessionErrorCode } from '../src/index.js';
import { readError } from '../src/messages.js';
import type { TestReceiver } from './recorded-client.js';

/** The session is over with this error, the peer was told, the sink is released and holds no snapshot. */
export async function expectRefused(receiver: TestReceiver, code: SessionErrorCode): Promise<void> {
  const { session, sink, answered } = receiver;
  expect({ code: session.error?.code, message: session.error?.message }).toEqual({
    code,
    message: expect.stringMatching(/\.$/) as string,
  });
  expect(session.state).toBe('closed');
  await session.closed;
  expect([sink.releases, sink.commits]).toEqual([1, 0]);
  const last = answered.at(-1) as Buffer;
  expect(last[4]).toBe(FRAME.ERROR);
  expect(readError(last.subarray(FRAME_HEADER_BYTES)).code).toBe(code);
  const answers = answered.length;
  receiver.receive(Buffer.alloc(100_000, 0x04));
  session.checkDeadlines();
  session.end();
  expect([answered.length, sink.releases]).toEqual([answers, 1]);
}
