import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describeTree, differences, makeLargeFile, makeManyFiles } from '@periodic-backup/testing';
import { RestoreScene } from '../testing/restore-scene.js';
import { CancelFlag } from '../transfer/cancel-flag.js';

const LARGE_MIB = 5;
let scene: RestoreScene;
let neededBytes: number;

beforeEach(async () => {
  scene = await RestoreScene.open();
  makeManyFiles(join(scene.source, 'many'), 200, 20_000);
  makeLargeFile(join(scene.source, 'large'), LARGE_MIB);
  const snapshot = await scene.backUp();
  neededBytes = snapshot.entries.reduce((sum, { size }) => sum + size, 0);
});
afterEach(() => scene.close());

const states = (): string[] => readdirSync(scene.agent.context.state.restores);

function expectWhole(): void {
  expect(differences(describeTree(scene.source), describeTree(scene.destination))).toEqual([]);
  expect(states()).toEqual([]);
}

/** What is written of a large file that has no name yet. */
function part(): string | null {
  if (!existsSync(scene.destination)) return null;
  const name = readdirSync(scene.destination).find((found) => found.startsWith('.pbk-restore-'));
  return name === undefined ? null : join(scene.destination, name);
}

const partIsLarge = (): boolean => {
  const path = part();
  return path !== null && statSync(path).size > 2_000_000;
};
const isThere = (path: string) => (): boolean => existsSync(join(scene.destination, path));

/** A flag that is looked at with every piece that comes. */
class WatchedFlag extends CancelFlag {
  constructor(private readonly onCheck: () => void) {
    super();
  }

  override check(): void {
    this.onCheck();
    super.check();
  }
}

/** Does something to the attempt once this is so. */
function once(condition: () => boolean, act: () => void): void {
  let done = false;
  scene.cancel = new WatchedFlag(() => {
    if (done || !condition()) return;
    done = true;
    act();
  });
}

/** As the agent does when it stops. */
const stop = (): void => scene.cancel.stop();

function letGo(): void {
  scene.cancel = new CancelFlag();
}

describe('an interrupted restore', () => {
  it('goes on over a new connection, in the middle of a large file too', async () => {
    once(partIsLarge, () => scene.receiver.cut());
    const end = await scene.restore();
    expect(end).toMatchObject({ error: null, result: { created: 204, unchanged: 0 } });
    expect(scene.receiver.sessions).toHaveLength(2);
    expectWhole();
    expect(end.counts.bytesRead).toBeLessThan(neededBytes * 1.1);
  });

  it.each([
    ['in a large file', partIsLarge],
    ['among small ones', isThere('many/d0000/f60')],
  ])('is resumed by the next attempt: %s', async (_, condition) => {
    const order = scene.order(scene.restoreTask());
    once(condition, stop);
    const first = await scene.runOrder(order);
    expect(first.error).toMatchObject({ code: 'CONNECTION_LOST', retryable: true });
    letGo();
    const second = await scene.runOrder({ ...order, epoch: order.epoch + 1 });
    expect(second).toMatchObject({ error: null, problems: [] });
    expectWhole();
    expect(first.counts.bytesRead + second.counts.bytesRead).toBeLessThan(neededBytes * 1.1);
    expect(second.counts.bytesSent).toBeGreaterThan(neededBytes);
    expect(second.counts.bytesSent).toBeLessThan(neededBytes * 1.2);
  });

  it('fetches a large file from the start if what it had was spoilt meanwhile', async () => {
    const order = scene.order(scene.restoreTask());
    once(partIsLarge, stop);
    await scene.runOrder(order);
    letGo();
    const path = part() as string;
    writeFileSync(path, readFileSync(path).fill(7, 0, 100));
    expect((await scene.runOrder(order)).error).toBeNull();
    expectWhole();
  });

  it('looks at every file again after the machine went down', async () => {
    const order = scene.order(scene.restoreTask());
    once(isThere('many/d0000/f50'), stop);
    await scene.runOrder(order);
    letGo();
    const [name] = states().filter((state) => state.endsWith('.json'));
    const file = join(scene.agent.context.state.restores, name as string);
    writeFileSync(file, readFileSync(file, 'utf8').replace(/"bootId":"[^"]*"/, '"bootId":"before"'));
    const spoilt = join(scene.destination, 'many', 'd0000', 'f1');
    const { mtimeMs, size } = statSync(spoilt);
    writeFileSync(spoilt, Buffer.alloc(size));
    utimesSync(spoilt, mtimeMs / 1000, mtimeMs / 1000);
    const second = await scene.runOrder({
      ...order,
      task: { ...scene.restoreTask({ conflict: 'overwrite' }) },
    });
    expect(second.error).toBeNull();
    expect(second.counts.bytesRead).toBeLessThan(neededBytes / 2);
    expectWhole();
  });

  it('leaves neither parts nor state when a person cancels it', async () => {
    chmodSync(scene.source, 0o755);
    await scene.backUp();
    once(partIsLarge, () => scene.cancel.cancel());
    const end = await scene.restore();
    expect(end.error).toMatchObject({ code: 'CANCELLED', retryable: false });
    expect(end.error?.message).toMatch(/What was restored stays/);
    expect(statSync(scene.destination).mode).toBe(statSync(scene.source).mode);
    expect(states()).toEqual([]);
    expect(readdirSync(scene.destination).filter((name) => name.startsWith('.pbk'))).toEqual([]);
  });

  it('finds a destination that somebody emptied meanwhile', async () => {
    const order = scene.order(scene.restoreTask());
    once(isThere('many/d0000/f60'), stop);
    await scene.runOrder(order);
    letGo();
    rmSync(scene.destination, { recursive: true });
    mkdirSync(scene.destination);
    expect((await scene.runOrder(order)).error).toBeNull();
    expectWhole();
  });
});
