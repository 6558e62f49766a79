import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Contestant, Measurement } from './contestant.js';
import type { DataSet } from './data-sets.js';
import { exitCode, listProcesses, peakBytes, timed } from './processes.js';

/** How an rsync daemon is used: as a mirror, flushing each file, or keeping snapshots with hard links. */
export interface RsyncMode {
  readonly fsync: boolean;
  readonly snapshots: boolean;
}

/** The rsync daemon on loopback. */
export class Rsync implements Contestant {
  readonly name: string;
  readonly #target: string;
  #daemon: ChildProcess | undefined;
  #generation = 0;

  constructor(
    private readonly root: string,
    private readonly port: number,
    private readonly mode: RsyncMode,
  ) {
    this.name = `rsync daemon${mode.fsync ? ' --fsync' : ''}${mode.snapshots ? ' --link-dest' : ''}`;
    this.#target = join(root, `rsync-${port}`);
  }

  async reset(): Promise<void> {
    rmSync(this.#target, { recursive: true, force: true });
    mkdirSync(this.#target, { recursive: true });
    this.#generation = 0;
    if (!this.#daemon) await this.#start();
  }

  first(set: DataSet): Promise<Measurement> {
    return this.#run(set);
  }

  again(set: DataSet): Promise<Measurement> {
    return this.#run(set);
  }

  async close(): Promise<void> {
    this.#daemon?.kill();
    if (this.#daemon) await exitCode(this.#daemon);
    rmSync(this.#target, { recursive: true, force: true });
  }

  async #run(set: DataSet): Promise<Measurement> {
    const module = `rsync://127.0.0.1:${this.port}/vault`;
    const before = readdirSync(this.#target).sort().at(-1);
    const place = this.mode.snapshots ? `/s${String(++this.#generation).padStart(6, '0')}` : '/mirror';
    const link = this.mode.snapshots && before ? [`--link-dest=/${before}`] : [];
    const args = ['-a', '--stats', ...(this.mode.fsync ? ['--fsync'] : []), ...link];
    let serverPeak = 0;
    const sampler = setInterval(() => {
      for (const one of listProcesses().filter((one) => one.command.includes(`rsync-${this.port}.conf`)))
        serverPeak = Math.max(serverPeak, peakBytes(one.pid));
    }, 100);
    try {
      const result = await timed('rsync', [...args, `${set.directory}/`, `${module}${place}/`]);
      const sent = /Total bytes sent: ([\d,]+)/.exec(result.output)?.[1]?.replaceAll(',', '');
      return {
        seconds: result.seconds,
        wireBytes: sent === undefined ? null : Number(sent),
        peakBytes: { client: result.peakBytes, daemon: serverPeak },
      };
    } finally {
      clearInterval(sampler);
    }
  }

  async #start(): Promise<void> {
    const config = join(this.root, `rsync-${this.port}.conf`);
    writeFileSync(
      config,
      `port = ${this.port}\naddress = 127.0.0.1\nuse chroot = no\n${process.getuid?.() === 0 ? 'uid = 0\ngid = 0\n' : ''}` +
        `[vault]\npath = ${this.#target}\nread only = no\n`,
    );
    this.#daemon = spawn('rsync', ['--daemon', '--no-detach', `--config=${config}`], { stdio: 'ignore' });
    for (let attempt = 0; ; attempt++) {
      if (await answers(this.port)) return;
      if (attempt > 100) throw new Error('The rsync daemon did not start.');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
