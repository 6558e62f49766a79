import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  BackupClientSession,
  EntriesBatch,
  FRAME,
  FilesBatch,
  SessionError,
  decodeEntries,
  decodeEntry,
  decodeFiles,
  decodeWant,
  encodeEntry,
  encodeError,
  encodeFrame,
  encodeKeepalive,
  encodePreamble,
  encodeReadWelcome,
  encodeWant,
  encodeWelcome,
  writeDataHeader,
  type Entry,
} from '../src/index.js';
import {
  encodeFileEnd,
  encodeFileStart,
  encodeHole,
  readFileEnd,
  readFileStart,
  readHole,
} from '../src/file-frames.js';
import { FetchBatch, checkFetch, readFetch } from '../src/fetch-frame.js';
import { viewOf } from '../src/integers.js';
import { encodeStaged, readStaged } from '../src/staged-frame.js';
import { List, encodeList, encodeListed, encodeOpen, encodeOpened } from '../src/read-messages.js';
import { Welcome, encodeMessage, encodeOwners, readError, readMessage, Hello } from '../src/messages.js';
import { parseHexFile } from './byte-builder.js';
import {
  DIGEST_A,
  ERROR_TEXT,
  GOLDEN,
  HELLO_TEXT,
  WELCOME_TEXT,
  goldenPayload,
  type GoldenName,
} from './golden-frames.js';
import { directoryOf, entryOf, outcomeOf } from './samples.js';

const fixturesDir = join(dirname(fileURLToPath(import.meta.url)), '../fixtures');
const names = Object.keys(GOLDEN) as GoldenName[];

const entries: Entry[] = [
  directoryOf(''),
  entryOf(Buffer.from([0x61, 0x62, 0xff, 0x31]), {
    sparse: true,
    mode: 0o6640,
    uid: 0xffffffff,
    gid: 0,
    size: Number.MAX_SAFE_INTEGER,
    mtimeNs: -(2n ** 63n),
    ctimeNs: 2n ** 63n - 1n,
  }),
  entryOf(Buffer.from([0x61, 0x62, 0xff, 0x32]), {
    kind: 'symlink',
    mode: 0o777,
    uid: 1,
    gid: 2,
    mtimeNs: 0n,
    ctimeNs: 0n,
    target: Buffer.from('../'),
  }),
];
const manifestEntry = entryOf('abc', {
  changedWhileRead: true,
  digest: DIGEST_A,
  mode: 0o600,
  uid: 1,
  gid: 2,
  size: 3,
  mtimeNs: 4n,
  ctimeNs: 5n,
});
const wanted = [
  { ordinal: 3, what: 'content', offset: 4_294_967_297 },
  { ordinal: 6, what: 'digest', offset: 0 },
] as const;
const whole = outcomeOf('whole', { size: 5, mtimeNs: 10n, ctimeNs: -10n, digest: DIGEST_A });
const unreadable = outcomeOf('unreadable', { mtimeNs: 0n, ctimeNs: 0n });
const changed = outcomeOf('changed', { size: 4_294_967_296, digest: DIGEST_A });

const granted = { stagedBytes: 4_294_967_296, limitBytes: 4_568_645_632 };

const listed = {
  below: Buffer.from([0x61, 0x2f, 0xff]),
  from: null,
  depth: 'children',
  limit: 1000,
} as const;
const fetched = [
  { id: 7, path: Buffer.from([0x61, 0x2f, 0xff]), offset: 0, lengthBytes: null },
  { id: 8, path: Buffer.from('b'), offset: 4_294_967_296, lengthBytes: 65_536 },
];

/** How the product makes each golden piece. */
const encoders: Record<GoldenName, () => Buffer> = {
  preamble: encodePreamble,
  hello: () => {
    const sent: Buffer[] = [];
    const session = new BackupClientSession((bytes) => sent.push(bytes), neverCalled);
    session.open(JSON.parse(HELLO_TEXT) as Hello);
    return Buffer.concat(sent).subarray(8);
  },
  welcome: () => encodeWelcome(JSON.parse(WELCOME_TEXT) as Welcome),
  error: () => encodeError(new SessionError('BUSY', 'All 2 places are taken.', { retryAfterMs: 5000 })),
  keepalive: encodeKeepalive,
  owners: () => encodeOwners({ users: { 1000: 'ada' }, groups: { 100: 'users' } }),
  entries: () => {
    const batch = new EntriesBatch();
    for (const entry of entries) expect(batch.add(entry)).toBe(true);
    return batch.take();
  },
  'manifest-record': () => {
    const into = Buffer.alloc(200);
    return into.subarray(0, encodeEntry(manifestEntry, Buffer.from('abb'), into, 0));
  },
  want: () => encodeWant(7, wanted),
  files: () => {
    const batch = new FilesBatch();
    batch.reserve(5)?.write('hello');
    batch.settle(3, whole, 5);
    batch.reserve(64)?.write('EACCES');
    batch.settle(4, unreadable, 6);
    return batch.take();
  },
  'file-start': () => encodeFileStart(9, 65_536),
  data: () => {
    const frame = Buffer.from('--------bytes');
    writeDataHeader(frame, 5);
    return frame;
  },
  hole: () => encodeHole(1_099_511_627_776),
  'file-end': () => encodeFileEnd(9, changed),
  staged: () => encodeStaged(granted),
  commit: () => encodeMessage(FRAME.COMMIT, { entries: 3, problems: 1 }),
  receipt: () => encodeMessage(FRAME.RECEIPT, { receipt: { snapshot: '2026-11-22T110500Z' } }),
  bye: () => encodeFrame(FRAME.BYE),
  'welcome-read': () => encodeReadWelcome('s1'),
  open: () => encodeOpen('2026-11-22T110500Z'),
  opened: () => encodeOpened({ snapshot: '2026-11-22T110500Z' }),
  list: () => encodeList(listed),
  listed: () => encodeListed(true),
  fetch: () => {
    const batch = new FetchBatch();
    for (const { id, path, offset, lengthBytes } of fetched) batch.add(id, path, offset, lengthBytes);
    return batch.take();
  },
};

const neverCalled = {
  onWelcome: () => undefined,
  onWant: () => undefined,
  onRoom: () => undefined,
  onReceipt: () => undefined,
  onError: () => undefined,
};

test('every fixture file has a golden frame and every golden frame a fixture file', () => {
  expect(readdirSync(fixturesDir).sort()).toEqual(names.map((name) => `${name}.hex`).sort());
});

test.each(names)('fixtures/%s.hex holds the bytes that SPEC.md says', (name) => {
  const file = readFileSync(join(fixturesDir, `${name}.hex`), 'utf8');
  expect(parseHexFile(file).toString('hex')).toBe(GOLDEN[name].toBuffer().toString('hex'));
});

test.each(names)('the encoder makes exactly fixtures/%s.hex', (name) => {
  expect(encoders[name]().toString('hex')).toBe(GOLDEN[name].toBuffer().toString('hex'));
});

describe('the decoder reads', () => {
  test('ENTRIES', () => {
    const read: Entry[] = [];
    decodeEntries(goldenPayload('entries'), (entry) => read.push(entry));
    expect(read).toEqual(entries);
  });
  test('a record of a manifest', () => {
    const record = GOLDEN['manifest-record'].toBuffer();
    expect(decodeEntry(record, 0, Buffer.from('abb'))).toEqual({ entry: manifestEntry, end: record.length });
  });
  test('WANT', () => {
    expect(decodeWant(goldenPayload('want'))).toEqual({ decided: 7, items: wanted });
  });
  test('FILES', () => {
    const read: unknown[] = [];
    decodeFiles(goldenPayload('files'), (ordinal, outcome, content) =>
      read.push([ordinal, outcome, content]),
    );
    expect(read).toEqual([
      [3, whole, Buffer.from('hello')],
      [4, unreadable, Buffer.from('EACCES')],
    ]);
  });
  test('FILE_START, HOLE and FILE_END', () => {
    expect(readFileStart(goldenPayload('file-start'))).toEqual({ ordinal: 9, offset: 65_536 });
    expect(readHole(goldenPayload('hole'))).toBe(1_099_511_627_776);
    expect(readFileEnd(goldenPayload('file-end'))).toEqual({ ordinal: 9, outcome: changed });
  });
  test('STAGED', () => {
    expect(readStaged(goldenPayload('staged'))).toEqual(granted);
  });
  test('LIST', () => {
    expect(readMessage(FRAME.LIST, goldenPayload('list'), List)).toEqual(listed);
  });
  test('FETCH', () => {
    const payload = goldenPayload('fetch');
    const view = viewOf(payload);
    const first = readFetch(payload, view, 0);
    const second = readFetch(payload, view, first.end);
    expect([first.item, second.item, second.end]).toEqual([...fetched, payload.length]);
    expect(checkFetch(payload)).toBe(2);
  });
  test('HELLO, WELCOME and ERROR', () => {
    expect(readMessage(FRAME.HELLO, goldenPayload('hello'), Hello)).toEqual(JSON.parse(HELLO_TEXT));
    expect(readMessage(FRAME.WELCOME, goldenPayload('welcome'), Welcome)).toEqual(JSON.parse(WELCOME_TEXT));
    const { code, message, retryable, retryAfterMs } = readError(goldenPayload('error'));
    expect({ code, message, retryable, retryAfterMs }).toEqual(JSON.parse(ERROR_TEXT));
  });
});
