import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';

const newServiceToken = (): string => randomBytes(32).toString('hex');

/** What the launcher remembers between starts. */
const Memory = z.object({
  agentId: z.string(),
  targetDir: z.string().nullable(),
  redisPassword: z.string(),
  postgresPassword: z.string(),
  /** With it the launcher and pbk get in once there are users. */
  serviceToken: z.string().default(newServiceToken),
  /** Those of the plans there were: lets the agent start before anybody can be asked. */
  planDirs: z
    .object({ source: z.array(z.string()), backup: z.array(z.string()) })
    .default({ source: [], backup: [] }),
  /** Receivers that were started beside our own. */
  receivers: z
    .array(
      z.object({
        receiverId: z.string(),
        host: z.string(),
        port: z.int(),
        targetDir: z.string(),
        maxClients: z.int(),
      }),
    )
    .default([]),
});
type Memory = z.infer<typeof Memory>;

/** The folder that holds everything of one instance. Its secrets are files of mode 0600. */
export class DataFolder {
  readonly redisDir: string;
  readonly postgresDir: string;
  readonly keysDir: string;
  readonly agentDir: string;
  readonly logsDir: string;
  readonly pidsDir: string;
  readonly lockFile: string;
  readonly #accessFile: string;
  readonly #memoryFile: string;
  #memory: Memory | undefined;

  constructor(readonly path: string) {
    this.redisDir = join(path, 'redis');
    this.postgresDir = join(path, 'postgres');
    this.keysDir = join(path, 'keys');
    this.agentDir = join(path, 'agent');
    this.logsDir = join(path, 'logs');
    this.pidsDir = join(path, 'pids');
    this.lockFile = join(path, 'instance.lock');
    this.#accessFile = join(path, 'pbk-access.json');
    this.#memoryFile = join(path, 'launcher.json');
  }

  /** Makes what is missing. PostgreSQL may run as another user, who must be able to pass through. */
  prepare(): void {
    mkdirSync(this.path, { recursive: true });
    chmodSync(this.path, 0o711);
    for (const directory of [this.redisDir, this.keysDir, this.agentDir, this.logsDir, this.pidsDir])
      mkdirSync(directory, { recursive: true, mode: 0o700 });
  }

  /** Of the control plane. */
  get keyFiles() {
    const file = (name: string): string => join(this.keysDir, name);
    return {
      ticketPrivateKey: file('ticket-private.pem'),
      ticketPublicKey: file('ticket-public.pem'),
      authorityKey: file('authority-key.pem'),
      authority: file('authority.pem'),
      secrets: file('secrets.key'),
    };
  }

  /** Of the agent or the receiver of this machine, or of a further receiver by its id. */
  credentialsDir(role: 'agent' | 'receiver', furtherId?: string): string {
    return join(this.path, 'credentials', furtherId === undefined ? role : `${role}-${furtherId}`);
  }

  get memory(): Memory {
    this.#memory ??= this.#read() ?? {
      agentId: agentIdOf(hostname()),
      targetDir: null,
      redisPassword: randomBytes(24).toString('hex'),
      postgresPassword: randomBytes(24).toString('hex'),
      serviceToken: newServiceToken(),
      planDirs: { source: [], backup: [] },
      receivers: [],
    };
    return this.#memory;
  }

  remember(changes: Partial<Memory> = {}): void {
    this.#memory = { ...this.memory, ...changes };
    this.#write(this.#memoryFile, this.#memory);
  }

  /** Lets the command-line client of this user find the API, and in. */
  publishAccess(api: string): void {
    this.#write(this.#accessFile, { api, token: this.memory.serviceToken });
  }

  #write(file: string, content: object): void {
    const temporary = `${file}.${process.pid}`;
    writeFileSync(temporary, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600, flush: true });
    renameSync(temporary, file);
  }

  #read(): Memory | undefined {
    let text: string;
    try {
      text = readFileSync(this.#memoryFile, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
    try {
      return Memory.parse(JSON.parse(text));
    } catch (cause) {
      throw new Error(`${this.#memoryFile} is damaged: restore it, or choose another --data.`, { cause });
    }
  }
}

/** An agent id made from a machine's name; remembered, so that a new name does not start new plans. */
export function agentIdOf(name: string): string {
  const id = name
    .toLowerCase()
    .split('.')[0]
    ?.replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 63);
  return id ? id : 'this-machine';
}
