import { SESSION_ERRORS, SessionError, type SessionErrorCode } from './errors.js';
import { FRAME, FRAME_CAPS, FRAME_HEADER_BYTES } from './frame.js';
import { encodeError, readError } from './messages.js';

const codes = Object.keys(SESSION_ERRORS) as SessionErrorCode[];

test.each(codes)('%s crosses the wire with its code, message and whether trying again can help', (code) => {
  const sent = new SessionError(code, 'What failed, on what.', { retryAfterMs: 12.4 });
  const read = readError(encodeError(sent).subarray(FRAME_HEADER_BYTES));
  expect(read).toMatchObject({
    code,
    message: 'What failed, on what.',
    retryable: SESSION_ERRORS[code],
    retryAfterMs: 12,
  });
});

test.each([
  ['of three bytes each', '\u20ac'],
  ['that JSON escapes', '"'],
  ['of two halves', '\u{1f600}'],
  ['that control', '\u0007'],
  ['that are halves', '\ud800'],
])('a message of 10,000 characters %s still fits its frame', (_what, character) => {
  const frame = encodeError(new SessionError('INTERNAL', `x${character.repeat(10_000)}`));
  expect(frame.length - FRAME_HEADER_BYTES).toBeLessThanOrEqual(FRAME_CAPS.ERROR);
  expect(frame[4]).toBe(FRAME.ERROR);
  expect(readError(frame.subarray(FRAME_HEADER_BYTES)).message).toMatch(/^x.{1000,1023}$/);
});
