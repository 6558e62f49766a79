import { EventEmitter } from 'node:events';
import { join } from 'node:path';
import {
  LauncherRequest,
  type LauncherReply,
  type LauncherWish,
  type PlanPreview,
  type Problem,
  type ReceiverStopped,
  type ReceiverView,
  type Surroundings,
} from '@periodic-backup/contracts';
import { temporaryDirectory, type TemporaryDirectory } from '@periodic-backup/testing';
import { CredentialsFolder } from '@periodic-backup/trust';
import type { LauncherChannel } from '../src/index.js';
import { TestApi, VAULT_ID, planBody, startServers, type Servers } from './test-api.js';

/** The other end of the channel: what it was asked, and what it answers. */
class LauncherEnd extends EventEmitter implements LauncherChannel {
  readonly wishes: LauncherWish[] = [];
  /** At once, before there are credentials. */
  refuses = false;
  reply: (wish: LauncherWish) => LauncherReply | Promise<LauncherReply> = () => this.state;
  readonly state: LauncherReply = {
    kind: 'state',
    state: {
      ...{ agentId: 'laptop', receiverId: 'laptop', dataDir: '/data', targetDir: '/backups' },
      ...{ nextReceiverPort: 7401, furtherReceivers: [{ receiverId: 'laptop-2', targetDir: '/mnt/disk' }] },
    },
  };

  send(message: unknown): void {
    const { id, wish } = LauncherRequest.parse(message);
    if (wish.kind !== 'describe') this.wishes.push(wish);
    const prepared = { receiverId: 'laptop-2', credentialsDir: join(keys.path, 'laptop-2') };
    const replies: Partial<Record<LauncherWish['kind'], LauncherReply>> = {
      describe: this.state,
      ...(this.refuses ? {} : { 'prepare-receiver': { kind: 'prepared', ...prepared } }),
    };
    const reply = replies[wish.kind] ?? this.reply(wish);
    void Promise.resolve(reply).then((answer) =>
      this.emit('message', { type: 'launcher-answer', id, answer }),
    );
  }
}

let servers: Servers;
let launched: TestApi;
let alone: TestApi;
let launcher: LauncherEnd;
let keys: TemporaryDirectory;
beforeAll(async () => {
  [servers, keys] = await Promise.all([startServers(), temporaryDirectory()]);
  launcher = new LauncherEnd();
  const ticketKeys = {
    TICKET_PRIVATE_KEY_FILE: join(keys.path, 'ticket.key'),
    TICKET_PUBLIC_KEY_FILE: join(keys.path, 'ticket.pub'),
  };
  launched = await TestApi.start(servers, ticketKeys, launcher);
  alone = await TestApi.start(servers);
});
beforeEach(async () => {
  launcher.wishes.length = 0;
  launcher.refuses = false;
  await launched.announceAgent();
  await launched.announceReceiver({ receiverId: 'laptop' });
});
afterEach(() => launched.clear());
afterAll(async () => {
  await launched.close();
  await alone.close();
  await servers.stop();
  await keys.remove();
});

const start = { host: '127.0.0.1', port: 7401, targetDir: '/mnt/disk' };

describe('under a launcher', () => {
  it('another receiver is started with the defaults filled in, and answered once it has announced itself', async () => {
    launcher.reply = async () => {
      const { name } = new CredentialsFolder(join(keys.path, 'laptop-2')).load();
      expect(name).toEqual({ role: 'receiver', id: 'laptop-2' });
      await launched.announceReceiver({ receiverId: 'laptop-2', port: 7401 });
      return { kind: 'started', receiverId: 'laptop-2' };
    };
    const { status, body } = await launched.call<ReceiverView>('POST', '/api/v1/receivers', start);
    expect([status, body.receiverId, body.startedHere]).toEqual([201, 'laptop-2', true]);
    const whole = { ...start, maxClients: 10 };
    expect(launcher.wishes).toEqual([
      { kind: 'prepare-receiver', start: whole },
      { kind: 'start-receiver', receiverId: 'laptop-2', start: whole },
    ]);
    const { body: page } = await launched.call<{ items: ReceiverView[] }>('GET', '/api/v1/receivers');
    expect(page.items.map(({ receiverId, startedHere }) => [receiverId, startedHere])).toEqual([
      ['laptop', false],
      ['laptop-2', true],
    ]);
  });

  it('what stands in the way is told at its field', async () => {
    launcher.refuses = true;
    launcher.reply = () => ({ kind: 'refused', problems: [{ path: 'port', message: 'is in use' }] });
    const { status, body } = await launched.call<Problem>('POST', '/api/v1/receivers', start);
    expect([status, body.errors]).toEqual([422, [{ path: 'port', message: 'is in use' }]]);
    const misfit = await launched.call<Problem>('POST', '/api/v1/receivers', { port: 0, targetDir: 'disk' });
    expect([misfit.status, misfit.body.errors?.map(({ path }) => path).sort()]).toEqual([
      400,
      ['port', 'targetDir'],
    ]);
    launcher.reply = () => ({ kind: 'failed', message: 'It ended at once.' });
    expect(await launched.call('POST', '/api/v1/receivers', start)).toMatchObject({
      ...{ status: 503, body: { detail: 'It ended at once.' } },
    });
  });

  it('a receiver that was started so is ended and forgotten, and its plans are counted', async () => {
    await launched.announceReceiver({ receiverId: 'laptop-2', port: 7401, targetDir: '/mnt/disk' });
    await launched.call('POST', '/api/v1/plans', planBody());
    launcher.reply = async () => {
      await launched.redis.del('pbk:{presence}:receivers');
      return { kind: 'stopped', targetDir: '/mnt/disk' };
    };
    const { status, body } = await launched.call<ReceiverStopped>('DELETE', '/api/v1/receivers/laptop-2');
    expect([status, body.vaultId]).toEqual([200, VAULT_ID]);
    expect(body.sentence).toMatch(/stays in \/mnt\/disk\. One plan goes there and will wait/);
    expect(launcher.wishes).toEqual([{ kind: 'stop-receiver', receiverId: 'laptop-2' }]);
  });

  it('others are not ended', async () => {
    launcher.reply = () => ({ kind: 'unknown' });
    expect((await launched.call('DELETE', '/api/v1/receivers/laptop')).status).toBe(409);
    expect((await launched.call('DELETE', '/api/v1/receivers/nobody')).status).toBe(404);
  });

  it('the surroundings and previews know this machine', async () => {
    const { body } = await launched.call<Surroundings>('GET', '/api/v1/surroundings');
    expect(body).toMatchObject({
      ...{ launcher: true, canStartReceivers: true, canLook: true },
      here: { agentId: 'laptop', targetDir: '/backups', nextReceiverPort: 7401 },
    });
    const plan = planBody({ excludes: ['*.tmp'], afterTransmit: 'copy', backupDir: '/my copies' });
    const preview = await launched.call<PlanPreview>('POST', '/api/v1/plans/preview', { plan });
    expect(preview.body.commands.npmStart).toBe(
      "npm start -- --source /srv/documents --every 1h --exclude '*.tmp' --after copy --backup-dir '/my copies'",
    );
  });
});

describe('without a launcher', () => {
  it('no receiver is started, and it is said how to start one', async () => {
    const started = await alone.call<Problem>('POST', '/api/v1/receivers', start);
    expect([started.status, started.body.detail]).toEqual([501, expect.stringMatching(/--scale receiver=N/)]);
    expect((await alone.call('DELETE', '/api/v1/receivers/laptop')).status).toBe(501);
    const { body } = await alone.call<Surroundings>('GET', '/api/v1/surroundings');
    expect(body).toMatchObject({ launcher: false, canStartReceivers: false, here: null });
    expect(body.howToStartReceivers).toMatch(/TARGET_DIR/);
  });
});
