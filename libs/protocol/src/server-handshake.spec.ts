import { FRAME, encodeFrame, type FrameType } from './frame.js';
import { SessionError } from './errors.js';
import { encodeMessage } from './messages.js';
import { encodePreamble } from './preamble.js';
import { ServerHandshake } from './server-handshake.js';

const hello = { ticket: 't', agent: 'test/1', digest: ['blake3'], capabilities: ['restore'] };
const opening = Buffer.concat([encodePreamble(), encodeMessage(FRAME.HELLO, hello)]);

function codeOf(...chunks: Buffer[]): string {
  const handshake = new ServerHandshake();
  try {
    for (const chunk of chunks) handshake.receive(chunk);
    return 'accepted';
  } catch (error) {
    if (error instanceof SessionError) return error.code;
    throw error;
  }
}

function preamble(versionMin: number, versionMax: number): Buffer {
  return Buffer.from([0x50, 0x42, 0x4b, 0x1a, versionMin, versionMax, 0, 0]);
}

function header(type: FrameType, payloadBytes: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32BE(payloadBytes, 0);
  bytes[4] = type;
  return bytes;
}

test('a HELLO cut at any byte is read, and what follows is handed back', () => {
  const rest = Buffer.from('what follows');
  const all = Buffer.concat([opening, rest]);
  for (let offset = 0; offset <= opening.length; offset++) {
    const handshake = new ServerHandshake();
    const first = handshake.receive(all.subarray(0, offset));
    const result = first ?? handshake.receive(all.subarray(offset));
    expect(result?.hello).toEqual(hello);
    expect(Buffer.concat([result?.rest as Buffer, first ? all.subarray(offset) : Buffer.alloc(0)])).toEqual(
      rest,
    );
  }
});

test('a HELLO that arrives byte by byte is read', () => {
  const handshake = new ServerHandshake();
  const results = [...opening].map((byte) => handshake.receive(Buffer.from([byte])));
  expect(results.pop()).toEqual({ hello, rest: Buffer.alloc(0) });
  expect(results.every((result) => result === null)).toBe(true);
});

test.each([
  ['an HTTP request', 'GET / HTTP/1.1\r\n'],
  ['one wrong byte', 'X'],
  ['a wrong byte after right ones', 'PBKX'],
  ['TLS', '\x16\x03\x01'],
])('%s is NOT_OUR_PROTOCOL as soon as it differs', (_what, text) => {
  expect(codeOf(Buffer.from(text, 'latin1'))).toBe('NOT_OUR_PROTOCOL');
});

test('versions that do not meet ours are VERSION_UNSUPPORTED, others are taken', () => {
  expect(codeOf(preamble(2, 3))).toBe('VERSION_UNSUPPORTED');
  expect(codeOf(preamble(0, 0))).toBe('VERSION_UNSUPPORTED');
  expect(codeOf(preamble(3, 1))).toBe('VERSION_UNSUPPORTED');
  expect(codeOf(preamble(0, 9), opening.subarray(8))).toBe('accepted');
});

test('reserved bytes of the preamble are ignored', () => {
  const changed = Buffer.from(opening);
  changed[6] = 0xff;
  expect(codeOf(changed)).toBe('accepted');
});

test('another frame than HELLO is WRONG_ORDER, by its header alone', () => {
  for (const type of [FRAME.KEEPALIVE, FRAME.ENTRIES, FRAME.DATA, FRAME.BYE, FRAME.WELCOME])
    expect(codeOf(encodePreamble(), header(type, 0))).toBe('WRONG_ORDER');
});

test('a HELLO beyond its cap, with flags, of an unknown type or without JSON is refused', () => {
  expect(codeOf(encodePreamble(), header(FRAME.HELLO, 65_537))).toBe('FRAME_TOO_LARGE');
  expect(codeOf(encodePreamble(), Buffer.from('0000000077000000', 'hex'))).toBe('UNKNOWN_FRAME');
  expect(codeOf(encodePreamble(), Buffer.from('0000000001010000', 'hex'))).toBe('BAD_FRAME');
  expect(codeOf(encodePreamble(), header(FRAME.HELLO, 0))).toBe('BAD_FRAME');
  expect(codeOf(encodePreamble(), encodeFrame(FRAME.HELLO, Buffer.from('{}')))).toBe('BAD_FRAME');
});

test('a client without our digest is refused, one with unknown members is not', () => {
  const helloOf = (rest: object) => encodeMessage(FRAME.HELLO, { ...hello, ...rest });
  expect(codeOf(encodePreamble(), helloOf({ digest: ['sha256'] }))).toBe('BAD_FRAME');
  expect(codeOf(encodePreamble(), helloOf({ digest: ['later', 'blake3'], new: 1 }))).toBe('accepted');
});

test('nothing is read after the handshake or after a refusal', () => {
  expect(codeOf(opening, opening)).toBe('WRONG_ORDER');
  const refused = new ServerHandshake();
  expect(() => refused.receive(Buffer.from('no'))).toThrow(SessionError);
  expect(() => refused.receive(opening)).toThrow('over');
});
