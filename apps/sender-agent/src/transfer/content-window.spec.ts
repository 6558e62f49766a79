import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeKeepalive } from '@periodic-backup/protocol';
import { makeManyFiles, seededBytes, until } from '@periodic-backup/testing';
import { openScene, type Scene } from '../testing/scene.js';

const KIB = 1024;
const WINDOW_BYTES = 512 * KIB;
/** Preamble, HELLO with its ticket, a few entries, headers of frames, KEEPALIVE. */
const AROUND_BYTES = 16 * KIB;

let scene: Scene;
beforeEach(async () => {
  scene = await openScene();
  const { context } = scene.agent;
  // Soon after its last word the agent says that it lives: then it has stopped sending.
  scene.agent.context = { ...context, times: { ...context.times, beatMs: 20, keepaliveMs: 200 } };
});
afterEach(() => scene.close());

const runsDry = () =>
  until(() => scene.receiver.lastBytes.equals(encodeKeepalive()), { what: 'the agent to stop sending' });

describe('a receiver that stages nothing any more', () => {
  it.each([
    ['small files', () => makeManyFiles(scene.agent.source, 400, 20_000)],
    ['a large file', () => writeFileSync(join(scene.agent.source, 'f'), seededBytes('f', 8_000_000))],
    ['files a little above the small', () => makeManyFiles(scene.agent.source, 100, 80_000)],
  ])('gets no more than its window of %s, and the rest once it goes on', async (_what, fill) => {
    fill();
    scene.receiver.contentWindow = WINDOW_BYTES;
    scene.receiver.deaf = true;
    const run = scene.agent.run(scene.agent.order(), scene.receiver.offer);
    await runsDry();
    expect(scene.receiver.bytesReceived).toBeGreaterThan(WINDOW_BYTES - 70 * KIB);
    expect(scene.receiver.bytesReceived).toBeLessThan(WINDOW_BYTES + AROUND_BYTES);
    scene.receiver.hearAgain();
    expect((await run).error).toBeNull();
    const bytes = [...scene.vault.files.values()].reduce((sum, { content }) => sum + content.length, 0);
    expect(bytes).toBe(8_000_000);
  });

  it('may use a window of its own choice at once', async () => {
    writeFileSync(join(scene.agent.source, 'f'), seededBytes('f', 8_000_000));
    scene.receiver.contentWindow = 4096 * KIB;
    scene.receiver.deaf = true;
    const run = scene.agent.run(scene.agent.order(), scene.receiver.offer);
    await runsDry();
    expect(scene.receiver.bytesReceived).toBeGreaterThan(4026 * KIB);
    expect(scene.receiver.bytesReceived).toBeLessThan(4096 * KIB + AROUND_BYTES);
    scene.receiver.hearAgain();
    expect((await run).error).toBeNull();
  });
});

it('a window as small as allowed holds nobody up', async () => {
  scene.receiver.contentWindow = WINDOW_BYTES;
  makeManyFiles(scene.agent.source, 200, 65_536);
  writeFileSync(join(scene.agent.source, 'large'), seededBytes('l', 5_000_000));
  expect((await scene.agent.run(scene.agent.order(), scene.receiver.offer)).error).toBeNull();
  expect(scene.vault.files.size).toBe(201);
});
