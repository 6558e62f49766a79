import { FRAME, encodeFrame } from '../src/index.js';
import { expectRefused } from './expect-refused.js';
import { receiving } from './receiving-client.js';
import { outcomeOf, wholeOf } from './samples.js';

describe('sizes that lie', () => {
  test('a small file whose size is not that of its content is SIZE_MISMATCH', async () => {
    for (const size of [0, 4, 6, 2 ** 52]) {
      const { client, receiver, flush } = receiving();
      const content = Buffer.from('hello');
      client.file(1, content, { ...wholeOf(content), size });
      flush();
      await expectRefused(receiver, 'SIZE_MISMATCH');
      expect(receiver.sink.contents.size).toBe(0);
    }
  });

  test('a large file whose size is not that of its bytes is SIZE_MISMATCH', async () => {
    for (const size of [0, 4, 6, 2 ** 52]) {
      const { client, receiver, flush } = receiving();
      const content = Buffer.from('hello');
      client.session.startFile(1, 0);
      client.data(content).session.endFile(1, { ...wholeOf(content), size });
      flush();
      await expectRefused(receiver, 'SIZE_MISMATCH');
      expect(receiver.sink.contents.size).toBe(0);
    }
  });

  test('holes that add up to more than 2^53 bytes are SIZE_MISMATCH', async () => {
    const { client, receiver, flush } = receiving();
    receiver.sink.appendHole = () => undefined;
    client.session.startFile(1, 0);
    client.session.sendHole(Number.MAX_SAFE_INTEGER);
    client.session.sendHole(1);
    flush();
    await expectRefused(receiver, 'SIZE_MISMATCH');
  });

  test('a file that begins at an offset that was not asked for is BAD_FRAME', async () => {
    const { client, receiver, flush } = receiving();
    client.session.startFile(1, 4096);
    flush();
    await expectRefused(receiver, 'BAD_FRAME');
  });

  test('an item of FILES that claims more than its frame holds is BAD_FRAME', async () => {
    const { client, receiver } = receiving();
    client.file(1, Buffer.from('hello'));
    const frame = client.take();
    frame.writeUInt32BE(6, 8 + 8);
    receiver.receive(frame);
    await expectRefused(receiver, 'BAD_FRAME');
  });

  test('an item of FILES longer than a small file may be is BAD_FRAME', async () => {
    const item = Buffer.alloc(68 + 65_537);
    item.writeUInt32BE(1, 0);
    item.writeUInt32BE(65_537, 8);
    item.writeBigUInt64BE(65_537n, 12);
    const { receiver } = receiving();
    receiver.receive(encodeFrame(FRAME.FILES, item));
    await expectRefused(receiver, 'BAD_FRAME');
  });

  test('an outcome without content that has content is BAD_FRAME', async () => {
    for (const status of ['vanished', 'unreadable'] as const) {
      const { client, receiver, flush } = receiving();
      client.file(1, Buffer.alloc(65), outcomeOf(status));
      flush();
      await expectRefused(receiver, 'BAD_FRAME');
    }
  });

  test('a fixed frame that is too short or has an unknown status is BAD_FRAME', async () => {
    const short = receiving().receiver;
    short.receive(encodeFrame(FRAME.FILE_START, Buffer.alloc(15)));
    await expectRefused(short, 'BAD_FRAME');
    const { client, receiver, flush } = receiving();
    client.session.startFile(1, 0);
    flush();
    const end = Buffer.alloc(64);
    end[4] = 4;
    receiver.receive(encodeFrame(FRAME.FILE_END, end));
    await expectRefused(receiver, 'BAD_FRAME');
  });

  test('content that is not what its digest says is DIGEST_MISMATCH', async () => {
    const { client, receiver, flush } = receiving();
    client.file(1, Buffer.from('hello'), { ...wholeOf(Buffer.from('jello')) });
    flush();
    await expectRefused(receiver, 'DIGEST_MISMATCH');
  });

  test('counts that differ are COUNT_MISMATCH', async () => {
    for (const counts of [
      { entries: 2, problems: 0 },
      { entries: 4, problems: 0 },
      { entries: 3, problems: 1 },
    ]) {
      const { client, receiver, flush } = receiving();
      client.file(1, Buffer.from('x')).file(2, Buffer.from('y'));
      client.session.commit(counts);
      flush();
      await expectRefused(receiver, 'COUNT_MISMATCH');
    }
  });
});
