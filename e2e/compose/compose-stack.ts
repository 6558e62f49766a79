import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { runDocker } from './run-docker.js';

export const ROOT = resolve(import.meta.dirname, '../..');
const IMAGE_TAG = 'e2e';
export const SERVICES = ['scheduler', 'admin-api', 'receiver', 'sender-agent'];

const Container = z.object({
  Id: z.string(),
  Name: z.string(),
  Config: z.object({
    User: z.string(),
    Labels: z.record(z.string(), z.string()),
  }),
  State: z.object({ Status: z.string(), Health: z.object({ Status: z.string() }).optional() }),
  HostConfig: z.object({
    ReadonlyRootfs: z.boolean(),
    CapAdd: z.array(z.string()).nullable(),
    CapDrop: z.array(z.string()).nullable(),
    SecurityOpt: z.array(z.string()).nullable(),
    Init: z.boolean().nullish(),
    Memory: z.number(),
    NanoCpus: z.number(),
    PidsLimit: z.number().nullable(),
    LogConfig: z.object({ Config: z.record(z.string(), z.string()) }),
    RestartPolicy: z.object({ Name: z.string() }),
  }),
});
export type Container = z.infer<typeof Container>;

/** The stack of this repository's docker-compose.yml under a project name of its own, with its own secrets. */
export class ComposeStack {
  readonly #compose: readonly string[];

  /** `settings` are variables of `.env.example`; a `.env` of the developer is not read. */
  constructor(
    readonly project: string,
    readonly directory: string,
    settings: Readonly<Record<string, string>>,
  ) {
    const secrets = join(directory, 'secrets');
    execFileSync(join(ROOT, 'deploy/make-secrets.sh'), [secrets]);
    const environment = { ...settings, SECRETS_DIR: secrets, PBK_VERSION: IMAGE_TAG, API_PORT: '0' };
    const file = join(directory, 'compose.env');
    writeFileSync(
      file,
      Object.entries(environment)
        .map(([name, value]) => `${name}=${value}\n`)
        .join(''),
    );
    this.#compose = ['compose', '--project-directory', ROOT, '--project-name', project, '--env-file', file];
  }

  get apiToken(): string {
    return readFileSync(join(this.directory, 'secrets/api_token'), 'utf8').trim();
  }

  compose(...args: string[]): Promise<string> {
    return runDocker([...this.#compose, ...args]);
  }

  /** Builds the images from the sources as they are. */
  async build(): Promise<void> {
    await this.compose('--progress', 'plain', 'build');
  }

  /** Starts what does not run; resolves when every container is healthy. */
  async up(receivers: number): Promise<void> {
    try {
      await this.compose('up', '-d', '--wait', '--wait-timeout', '180', '--scale', `receiver=${receivers}`);
    } catch (error) {
      throw new Error(await this.compose('logs', '--no-color', '--tail', '20'), { cause: error });
    }
  }

  /** More or fewer receivers while everything else goes on. */
  async scaleReceivers(count: number): Promise<void> {
    await this.compose('up', '-d', '--no-recreate', '--wait', '--scale', `receiver=${count}`, 'receiver');
  }

  async containers(service?: string): Promise<Container[]> {
    const ids = (await this.compose('ps', '-a', '-q', ...(service ? [service] : [])))
      .split('\n')
      .filter(Boolean);
    if (ids.length === 0) return [];
    return z.array(Container).parse(JSON.parse(await runDocker(['inspect', ...ids])));
  }

  /** Base URL of the admin API on this machine. */
  async apiUrl(): Promise<string> {
    return `http://${(await this.compose('port', 'admin-api', '7300')).trim()}`;
  }

  /** SIGKILL: no chance to say goodbye, and no restart. */
  async kill(container: Container): Promise<void> {
    await runDocker(['kill', '--signal', 'KILL', container.Id]);
  }

  /** Bytes the containers of a service have put on the network since they started, headers included. */
  async bytesSent(service: string): Promise<number> {
    const table = await this.compose('exec', '-T', service, 'cat', '/proc/net/dev');
    return table
      .split('\n')
      .filter((line) => /^\s*eth\d+:/.test(line))
      .reduce((sum, line) => sum + Number(line.split(':')[1]?.trim().split(/\s+/)[8]), 0);
  }

  /** What a service shows to Prometheus. */
  metrics(service: string): Promise<string> {
    const script =
      "fetch(process.env.HEALTH_URL.replace('/readyz', '/metrics')).then(async (answer) => console.log(await answer.text()))";
    return this.compose('exec', '-T', service, 'node', '-e', script);
  }

  /** Stops and removes the containers; volumes stay. */
  async down(): Promise<void> {
    await this.compose('down', '--remove-orphans');
  }

  /** Removes everything this stack has made. */
  async remove(): Promise<void> {
    await this.compose('down', '--remove-orphans', '--volumes');
    const images = await runDocker([
      'image',
      'ls',
      '-q',
      '--filter',
      `reference=periodic-backup/*:${IMAGE_TAG}`,
    ]);
    const ids = images.split('\n').filter(Boolean);
    if (ids.length > 0) await runDocker(['image', 'rm', ...new Set(ids)]);
  }
}
