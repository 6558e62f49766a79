import { rmSync } from 'node:fs';
import { basename } from 'node:path';
import type { LauncherReply, LauncherState, LauncherWish, ReceiverStart } from '@periodic-backup/contracts';
import { realPath } from '../checks/containment.js';
import type { DataFolder } from '../data-folder/data-folder.js';
import type { Instance } from '../launcher/instance.js';
import { receiverSettings } from '../launcher/receiver-settings.js';
import { freePortFrom } from '../processes/free-port.js';
import { receiverProblems } from './check-receiver.js';

export type FurtherReceiver = DataFolder['memory']['receivers'][number];

export interface ReceiverPlace {
  readonly host: string;
  readonly port: number;
  readonly targetDir: string;
}

/** Receivers beside the launcher's own: started and ended on request, remembered, brought back by later starts. */
export class FurtherReceivers {
  /** One wish after the other: two at once could choose the same name or port. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly instance: Instance,
    private readonly folder: DataFolder,
    private readonly own: ReceiverPlace,
    /** Source directories of this machine's plans, as they are now. */
    private readonly sourceDirs: () => Promise<readonly string[]>,
  ) {}

  /** Never rejects. */
  answer(wish: LauncherWish): Promise<LauncherReply> {
    // Changes nothing, so that it need not wait for what takes a while.
    if (wish.kind === 'describe') return this.#answer(wish).catch(failed);
    const reply = this.#last.then(() => this.#answer(wish)).catch(failed);
    this.#last = reply;
    return reply;
  }

  /** Those of earlier starts run again; resolves with one sentence for each that does not. */
  async startRemembered(): Promise<string[]> {
    const problems = await Promise.all(
      this.folder.memory.receivers.map(async (receiver) => {
        try {
          const [problem] = await receiverProblems(receiver, await this.#surroundings(receiver.receiverId));
          if (problem) return problem.message;
          await this.#start(receiver);
          return null;
        } catch (error) {
          return (error as Error).message;
        }
      }),
    );
    return problems.flatMap((problem, index) =>
      problem === null
        ? []
        : [`The receiver ${this.folder.memory.receivers[index]?.receiverId} does not run: ${problem}`],
    );
  }

  async #answer(wish: LauncherWish): Promise<LauncherReply> {
    switch (wish.kind) {
      case 'describe':
        return { kind: 'state', state: await this.#state() };
      case 'prepare-receiver':
        return this.#prepare(wish.start);
      case 'start-receiver':
        return this.#startNew(wish.receiverId, wish.start);
      case 'stop-receiver':
        return this.#stop(wish.receiverId);
    }
  }

  async #state(): Promise<LauncherState> {
    const { agentId, receivers } = this.folder.memory;
    return {
      ...{ agentId, receiverId: agentId, dataDir: this.folder.path, targetDir: this.own.targetDir },
      nextReceiverPort: await freePortFrom(
        this.own.port + 1,
        receivers.map(({ port }) => port),
      ),
      furtherReceivers: receivers.map(({ receiverId, targetDir }) => ({ receiverId, targetDir })),
    };
  }

  async #prepare(start: ReceiverStart): Promise<LauncherReply> {
    const problems = await receiverProblems(start, await this.#surroundings(null));
    if (problems.length > 0) return { kind: 'refused', problems };
    const receiverId = this.#freeId();
    return {
      kind: 'prepared',
      receiverId,
      credentialsDir: this.folder.credentialsDir('receiver', receiverId),
    };
  }

  async #startNew(receiverId: string, start: ReceiverStart): Promise<LauncherReply> {
    const problems = await receiverProblems(start, await this.#surroundings(null));
    if (problems.length > 0) return { kind: 'refused', problems };
    if (receiverId !== this.#freeId())
      return { kind: 'failed', message: 'Another receiver was started in the meantime: try again.' };
    const receiver = { ...start, targetDir: realPath(start.targetDir), receiverId };
    try {
      await this.#start(receiver);
    } catch (error) {
      await this.instance.stopService(receiver.receiverId);
      throw error;
    }
    this.folder.remember({ receivers: [...this.folder.memory.receivers, receiver] });
    return { kind: 'started', receiverId: receiver.receiverId };
  }

  async #stop(receiverId: string): Promise<LauncherReply> {
    const { receivers } = this.folder.memory;
    const known = receivers.find((receiver) => receiver.receiverId === receiverId);
    if (!known) return { kind: 'unknown' };
    // Forgotten first: a launcher that dies now must not bring it back.
    this.folder.remember({ receivers: receivers.filter((receiver) => receiver !== known) });
    await this.instance.stopService(receiverId);
    rmSync(this.folder.credentialsDir('receiver', receiverId), { recursive: true, force: true });
    return { kind: 'stopped', targetDir: known.targetDir };
  }

  #start({ receiverId, ...receiver }: FurtherReceiver): Promise<void> {
    return this.instance.startService(
      'receiver',
      {
        ...receiverSettings({ receiverId, ...receiver }, this.folder.credentialsDir('receiver', receiverId)),
        VAULT_NAME: basename(receiver.targetDir) || 'vault',
        // That of the launcher's own, if it has one, is not theirs.
        ADVERTISED_PORT: '0',
      },
      receiverId,
    );
  }

  async #surroundings(except: string | null) {
    const others = this.folder.memory.receivers.filter(({ receiverId }) => receiverId !== except);
    return {
      sourceDirs: await this.sourceDirs(),
      dataDir: this.folder.path,
      targetDirs: [this.own.targetDir, ...others.map(({ targetDir }) => targetDir)],
    };
  }

  #freeId(): string {
    const { agentId, receivers } = this.folder.memory;
    const used = new Set(receivers.map(({ receiverId }) => receiverId));
    for (let number = 2; ; number++) if (!used.has(`${agentId}-${number}`)) return `${agentId}-${number}`;
  }
}

function failed(error: unknown): LauncherReply {
  return { kind: 'failed', message: (error as Error).message };
}
