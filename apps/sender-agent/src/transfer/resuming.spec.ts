import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SessionError } from '@periodic-backup/protocol';
import { ChaosProxy, freePort, seededBytes, until } from '@periodic-backup/testing';
import { openScene, type Scene } from '../testing/scene.js';
import { TestReceiver } from '../testing/test-receiver.js';

// Megabytes through one event loop take their time on a busy machine.
let scene: Scene;
beforeEach(async () => {
  scene = await openScene();
});
afterEach(() => scene.close());

const offer = (port: number) => ({ receiverId: `port-${port}`, host: '127.0.0.1', port });

describe('a run whose receiver fails', () => {
  it.each([
    ['small files', 4_000_000],
    ['a large file', 16_000_000],
  ])('resumes what is staged after a cut within %s and sends at most a tenth more', async (_, cutAt) => {
    for (let i = 0; i < 200; i++)
      writeFileSync(join(scene.agent.source, `f${i}`), Buffer.alloc(40_000, `content ${i}`));
    const large = Buffer.alloc(12_000_000, seededBytes('large', 65_537));
    writeFileSync(join(scene.agent.source, 'large'), large);
    const proxy = await ChaosProxy.open(scene.receiver.port, { disconnectAfterBytes: cutAt });
    scene.vault.onRelease = () => delete proxy.fault.disconnectAfterBytes;
    const end = await scene.agent.run(scene.agent.order(), offer(proxy.port));
    await proxy.close();
    expect(end.error).toBeNull();
    expect(scene.receiver.sessions).toBe(2);
    expect(scene.vault.files.get('large')?.content.equals(large)).toBe(true);
    expect(scene.vault.files.size).toBe(201);
    // What lay in the system's buffers at the cut is lost with them; what arrived is not sent again.
    expect(scene.receiver.bytesReceived).toBeLessThanOrEqual(1.1 * (200 * 40_000 + 12_000_000));
  });

  it('sends a file from its start when what is staged of it does not agree any more', async () => {
    const path = join(scene.agent.source, 'large');
    writeFileSync(path, Buffer.alloc(8_000_000, 'one'));
    scene.vault.onAppend = () => {
      scene.vault.onAppend = () => undefined;
      writeFileSync(path, Buffer.alloc(8_000_000, 'two'));
      scene.receiver.cut();
    };
    const end = await scene.agent.run(scene.agent.order(), scene.receiver.offer);
    expect(end.error).toBeNull();
    expect(scene.vault.files.get('large')?.content.equals(Buffer.alloc(8_000_000, 'two'))).toBe(true);
  });

  it('goes to the next receiver when one is dead and one is busy', async () => {
    writeFileSync(join(scene.agent.source, 'a'), 'x');
    const busy = await TestReceiver.open(scene.vault, scene.agent.orderOf);
    busy.refusal = new SessionError('BUSY', 'No slot is free.');
    const dead = offer(await freePort());
    const end = await scene.agent.run(scene.agent.order(), dead, busy.offer, scene.receiver.offer);
    await busy.close();
    expect(end.error).toBeNull();
    expect(scene.receiver.sessions).toBe(1);
  });

  it('waits for a receiver that is busy for a while', async () => {
    scene.receiver.refusal = new SessionError('BUSY', 'No slot is free.', { retryAfterMs: 20 });
    const ended = scene.agent.run(scene.agent.order(), scene.receiver.offer);
    setImmediate(() => (scene.receiver.refusal = null));
    expect((await ended).error).toBeNull();
  });

  it('gives up with an error worth a later attempt when no receiver comes back', async () => {
    const end = await scene.agent.run(scene.agent.order(), offer(await freePort()));
    expect(end.error).toMatchObject({ code: 'CONNECTION_LOST', retryable: true });
    expect(end.error?.message).toMatch(/cannot be reached/);
  });

  it('ends at once when the refusal is final', async () => {
    const never = await TestReceiver.open(scene.vault, scene.agent.orderOf);
    scene.receiver.refusal = new SessionError('EPOCH_SUPERSEDED', 'A newer attempt holds the staging.');
    const end = await scene.agent.run(scene.agent.order(), scene.receiver.offer, never.offer);
    expect(end.error).toMatchObject({ code: 'EPOCH_SUPERSEDED', retryable: false });
    expect(never.sessions).toBe(0);
    await never.close();
  });

  it('gives up on an error that repeats itself', async () => {
    let commits = 0;
    scene.vault.onCommit = () => {
      commits++;
      throw new SessionError('STORAGE_FAILED', 'The disk answers EIO.');
    };
    const end = await scene.agent.run(scene.agent.order(), scene.receiver.offer);
    expect(end.error).toMatchObject({ code: 'STORAGE_FAILED', retryable: true });
    expect(commits).toBe(5);
  });

  it('takes the old receipt of a run that was committed before', async () => {
    writeFileSync(join(scene.agent.source, 'a'), 'x');
    const order = scene.agent.order();
    const first = await scene.agent.run(order, scene.receiver.offer);
    const again = await scene.agent.run({ ...order, epoch: order.epoch + 1 }, scene.receiver.offer);
    expect(again.receipt).toEqual(first.receipt);
    expect(scene.vault.commits).toBe(1);
    expect(again.counts).toMatchObject({ files: 1, bytesRead: 0 });
  });
});

describe('cancelling', () => {
  it('ends the run for good and leaves what is staged', async () => {
    writeFileSync(join(scene.agent.source, 'large'), Buffer.alloc(30_000_000, 'l'));
    scene.vault.onAppend = () => scene.agent.cancel.cancel();
    const end = await scene.agent.run(scene.agent.order(), scene.receiver.offer);
    expect(end).toMatchObject({ receipt: null, error: { code: 'CANCELLED', retryable: false } });
    await until(() => scene.vault.partial.get('large')?.content.length, { what: 'the receiver to stage' });
  });

  it('wakes a run that waits for its receiver', async () => {
    const ended = scene.agent.run(scene.agent.order(), offer(await freePort()));
    setImmediate(() => scene.agent.cancel.cancel());
    expect((await ended).error?.code).toBe('CANCELLED');
  });

  it('ends the run to be resumed when the agent stops', async () => {
    scene.vault.commits = 1;
    scene.vault.onOffer = () => scene.agent.cancel.stop();
    const end = await scene.agent.run(scene.agent.order(), scene.receiver.offer);
    expect(end.error).toMatchObject({ code: 'CONNECTION_LOST', retryable: true });
    expect(end.error?.message).toMatch(/stopping/);
  });
});
