import { ByteBuilder } from './byte-builder.js';

/**
 * One example of everything on the wire, built from SPEC.md field by field. `fixtures/<name>.hex` holds the same
 * bytes; a change of any of them is a change of the protocol.
 */
export const DIGEST_A = Buffer.alloc(32, 0xaa);
export const HELLO_TEXT = '{"ticket":"pbk1.t","agent":"agent/0.1","digest":["blake3"],"capabilities":[]}';
export const WELCOME_TEXT =
  '{"session":"s1","digest":"blake3","mode":"join","previous":null,"entryWindow":16384,"contentWindow":1048576,"capabilities":[],"receipt":null}';
export const WELCOME_READ_TEXT =
  '{"session":"s1","digest":"blake3","mode":"read","previous":null,"entryWindow":8192,"contentWindow":null,"capabilities":["restore"],"receipt":null}';
export const ERROR_TEXT =
  '{"code":"BUSY","message":"All 2 places are taken.","retryable":true,"retryAfterMs":5000}';

const build = (): ByteBuilder => new ByteBuilder();
const json = (type: number, text: string): ByteBuilder =>
  build().frame(type, build().text(text, 'JSON in UTF-8'));

function entries(): ByteBuilder {
  const root = build()
    .u8(2, 'kind: directory')
    .u8(0, 'flags')
    .u16(0o755, 'mode')
    .u32(1000, 'uid')
    .u32(100, 'gid')
    .u64(0, 'size')
    .i64(1_763_850_000_123_456_789n, 'mtime')
    .i64(-1n, 'ctime')
    .u16(0, 'shared')
    .u16(0, 'length of the suffix')
    .u16(0, 'length of the target');
  const file = root
    .u8(1, 'kind: file')
    .u8(0x01, 'flags: sparse')
    .u16(0o6640, 'mode')
    .u32(0xffffffff, 'uid')
    .u32(0, 'gid')
    .u64(2n ** 53n - 1n, 'size')
    .i64(-(2n ** 63n), 'mtime')
    .i64(2n ** 63n - 1n, 'ctime')
    .u16(0, 'shared')
    .u16(4, 'length of the suffix')
    .u16(0, 'length of the target')
    .raw([0x61, 0x62, 0xff, 0x31], 'suffix: "ab", a byte that is not UTF-8, "1"');
  const symlink = file
    .u8(3, 'kind: symlink')
    .u8(0, 'flags')
    .u16(0o777, 'mode')
    .u32(1, 'uid')
    .u32(2, 'gid')
    .u64(0, 'size')
    .i64(0n, 'mtime')
    .i64(0n, 'ctime')
    .u16(3, 'shared')
    .u16(1, 'length of the suffix')
    .u16(3, 'length of the target')
    .text('2', 'suffix')
    .text('../', 'target');
  return build().frame(0x10, symlink);
}

function manifestRecord(): ByteBuilder {
  return build()
    .u8(1, 'kind: file')
    .u8(0x0c, 'flags: changed while read, digest follows')
    .u16(0o600, 'mode')
    .u32(1, 'uid')
    .u32(2, 'gid')
    .u64(3, 'size')
    .i64(4n, 'mtime')
    .i64(5n, 'ctime')
    .u16(2, 'shared')
    .u16(1, 'length of the suffix')
    .u16(0, 'length of the target')
    .text('c', 'suffix')
    .raw(DIGEST_A, 'digest');
}

function want(): ByteBuilder {
  const items = build()
    .u32(7, 'decided')
    .u32(2, 'number of items')
    .u32(3, 'ordinal')
    .u8(0, 'what: content')
    .raw([0, 0, 0], 'reserved')
    .u64(4_294_967_297, 'offset')
    .u32(6, 'ordinal')
    .u8(1, 'what: digest only')
    .raw([0, 0, 0], 'reserved')
    .u64(0, 'offset');
  return build().frame(0x11, items);
}

function files(): ByteBuilder {
  const items = build()
    .u32(3, 'ordinal')
    .u8(0, 'status: whole')
    .raw([0, 0, 0], 'reserved')
    .u32(5, 'length of the content')
    .u64(5, 'size')
    .i64(10n, 'mtime')
    .i64(-10n, 'ctime')
    .raw(DIGEST_A, 'digest')
    .text('hello', 'content')
    .u32(4, 'ordinal')
    .u8(2, 'status: unreadable')
    .raw([0, 0, 0], 'reserved')
    .u32(6, 'length of the content')
    .u64(0, 'size')
    .i64(0n, 'mtime')
    .i64(0n, 'ctime')
    .raw(Buffer.alloc(32), 'digest')
    .text('EACCES', 'content');
  return build().frame(0x12, items);
}

function fetch(): ByteBuilder {
  const items = build()
    .u32(7, 'id')
    .u16(3, 'length of the path')
    .u16(0, 'reserved')
    .u64(0, 'offset')
    .u64(2n ** 64n - 1n, 'length wanted: to the end')
    .raw([0x61, 0x2f, 0xff], 'path: "a/" and a byte that is not UTF-8')
    .u32(8, 'id')
    .u16(1, 'length of the path')
    .u16(0, 'reserved')
    .u64(4_294_967_296, 'offset')
    .u64(65_536, 'length wanted')
    .text('b', 'path');
  return build().frame(0x44, items);
}

function fileEnd(): ByteBuilder {
  const fixed = build()
    .u32(9, 'ordinal')
    .u8(1, 'status: changed')
    .raw([0, 0, 0], 'reserved')
    .u64(4_294_967_296, 'size')
    .i64(1n, 'mtime')
    .i64(2n, 'ctime')
    .raw(DIGEST_A, 'digest');
  return build().frame(0x16, fixed);
}

export const GOLDEN = {
  preamble: build()
    .raw([0x50, 0x42, 0x4b, 0x1a], 'magic')
    .u8(1, 'versionMin')
    .u8(1, 'versionMax')
    .u16(0, 'reserved'),
  hello: json(0x01, HELLO_TEXT),
  welcome: json(0x02, WELCOME_TEXT),
  error: json(0x03, ERROR_TEXT),
  keepalive: build().frame(0x04, build()),
  owners: json(0x05, '{"users":{"1000":"ada"},"groups":{"100":"users"}}'),
  entries: entries(),
  'manifest-record': manifestRecord(),
  want: want(),
  files: files(),
  'file-start': build().frame(0x13, build().u32(9, 'ordinal').u32(0, 'reserved').u64(65_536, 'offset')),
  data: build().frame(0x14, build().text('bytes', 'raw bytes')),
  hole: build().frame(0x15, build().u64(1_099_511_627_776, 'length')),
  'file-end': fileEnd(),
  staged: build().frame(0x17, build().u64(4_294_967_296, 'staged').u64(4_568_645_632, 'limit')),
  commit: json(0x20, '{"entries":3,"problems":1}'),
  receipt: json(0x21, '{"receipt":{"snapshot":"2026-11-22T110500Z"}}'),
  bye: build().frame(0x22, build()),
  'welcome-read': json(0x02, WELCOME_READ_TEXT),
  open: json(0x40, '{"snapshot":"2026-11-22T110500Z"}'),
  opened: json(0x41, '{"receipt":{"snapshot":"2026-11-22T110500Z"}}'),
  list: json(0x42, '{"below":"YS//","from":null,"depth":"children","limit":1000}'),
  listed: json(0x43, '{"more":true}'),
  fetch: fetch(),
} as const;

export type GoldenName = keyof typeof GOLDEN;

/** The bytes behind the header of a golden frame. */
export function goldenPayload(name: GoldenName): Buffer {
  return GOLDEN[name].toBuffer().subarray(8);
}
