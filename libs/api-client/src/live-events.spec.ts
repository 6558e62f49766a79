import { describe, expect, it } from '@jest/globals';
import { eventData } from './live-events.js';

async function read(...chunks: Uint8Array[]): Promise<string[]> {
  const found: string[] = [];
  async function* stream() {
    yield* chunks;
  }
  for await (const data of eventData(stream())) found.push(data);
  return found;
}

describe('eventData', () => {
  const stream = Buffer.from(
    ': hello\r\n\r\nevent: run\r\ndata: {"a":"ü"}\r\nid: 1\r\n\r\ndata:one\ndata: two\n\n',
  );

  it('reads the same events wherever the stream is cut', async () => {
    for (let cut = 0; cut <= stream.length; cut++)
      expect(await read(stream.subarray(0, cut), stream.subarray(cut))).toEqual(['{"a":"ü"}', 'one\ntwo']);
  });

  it('drops an event that the end of the stream cut off', async () => {
    expect(await read(Buffer.from('data: one\n\ndata: tw'))).toEqual(['one']);
  });
});
