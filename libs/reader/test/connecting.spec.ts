import { SessionError } from '@periodic-backup/protocol';
import { freePort, until, ReadingServer } from '@periodic-backup/testing';
import { SnapshotReader } from '../src/index.js';
import { ReadingScene } from './reading-scene.js';
import { SNAPSHOT, type TreeSource } from './tree-source.js';

let scene: ReadingScene;
let source: TreeSource;
let server: ReadingServer;

beforeEach(async () => {
  scene = await ReadingScene.open();
  ({ source, server } = scene);
});
afterEach(() => scene.close());

describe('connecting', () => {
  test('takes the first receiver that welcomes it', async () => {
    const other = await ReadingServer.open(source);
    other.refusal = new SessionError('BUSY', 'All places are taken.', { retryAfterMs: 1 });
    const nobody = { receiverId: 'gone', host: '127.0.0.1', port: await freePort() };
    try {
      const reader = await scene.connect([nobody, other.offer, server.offer]);
      expect(reader.receiverId).toBe(server.offer.receiverId);
      expect([other.tickets, server.tickets]).toEqual([['pbk1.t'], ['pbk1.t']]);
    } finally {
      await other.close();
    }
  });

  test('says what the last receiver said if none does', async () => {
    server.refusal = new SessionError('TICKET_INVALID', 'The ticket was not signed by this scheduler.');
    await expect(scene.connect()).rejects.toMatchObject({
      code: 'TICKET_INVALID',
      message: expect.stringMatching(/signed/) as string,
    });
    await expect(scene.connect([])).rejects.toMatchObject({ code: 'CONNECTION_LOST' });
  });

  test('says what a receiver said, rather than that another one cannot be reached', async () => {
    server.refusal = new SessionError('BUSY', 'All places are taken.', { retryAfterMs: 1 });
    const nobody = { receiverId: 'gone', host: '127.0.0.1', port: await freePort() };
    const refused = scene.connect([server.offer, nobody]);
    await expect(refused).rejects.toMatchObject({ code: 'BUSY', retryAfterMs: 1 });
  });

  test('ends when the receiver falls silent', async () => {
    const options = { software: 'test/1', silenceMs: 100 };
    const reader = await SnapshotReader.connect([server.offer], 't', options);
    server.silent = true;
    await expect(reader.open(SNAPSHOT)).rejects.toMatchObject({
      code: 'CONNECTION_LOST',
      message: expect.stringMatching(/0.1 s/) as string,
    });
    await until(() => server.connections === 0);
  });

  test('gives up on a receiver that never welcomes it', async () => {
    server.silent = true;
    const slow = SnapshotReader.connect([server.offer], 't', { software: 'test/1', connectMs: 50 });
    await expect(slow).rejects.toMatchObject({ code: 'CONNECTION_LOST' });
    await until(() => server.connections === 0);
  });

  test('stops when its signal is raised, and what waits is told', async () => {
    const giveUp = new AbortController();
    const reader = await scene.connect([server.offer], giveUp.signal);
    const opening = reader.open(SNAPSHOT);
    giveUp.abort();
    await expect(opening).rejects.toMatchObject({ code: 'CANCELLED' });
    await until(() => server.connections === 0);
    await expect(scene.connect([server.offer], giveUp.signal)).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});

describe('a snapshot', () => {
  test('opens with receipt and owners, and is closed with the reader', async () => {
    const reader = await scene.connect();
    const { receipt, users, groups } = await reader.open(SNAPSHOT);
    expect([receipt.snapshot, users, groups]).toEqual([SNAPSHOT, { 1000: 'ada' }, { 100: 'users' }]);
    reader.close();
    await until(() => source.closed === 1);
    expect(server.session.error).toBeNull();
  });

  test('that is not there is NOT_FOUND, and the reader is over', async () => {
    const reader = await scene.connect();
    await expect(reader.open('2020-01-01T000000Z')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(reader.open(SNAPSHOT)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('gives way to the next one', async () => {
    const reader = await scene.reader();
    await reader.open(SNAPSHOT);
    expect([source.opened, source.closed]).toEqual([2, 1]);
  });
});
