import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { CommandError } from '../exit-codes.js';
import { readPrivateFile, writePrivateFile } from './private-file.js';

/** By the API's address. */
const Credentials = z.record(z.string(), z.object({ name: z.string(), token: z.string() }));
type Credentials = z.infer<typeof Credentials>;
export type Credential = Credentials[string];

/** What `pbk login` keeps: a token for each API, in a file that only its owner can read. */
export class CredentialStore {
  constructor(readonly file: string) {}

  /** In the folder that the XDG specification names. */
  static ofUser(env: NodeJS.ProcessEnv): CredentialStore {
    const config = env['XDG_CONFIG_HOME']?.startsWith('/')
      ? env['XDG_CONFIG_HOME']
      : join(homedir(), '.config');
    return new CredentialStore(join(config, 'periodic-backup', 'credentials.json'));
  }

  find(api: string): Credential | null {
    return this.#read()[api] ?? null;
  }

  keep(api: string, credential: Credential): void {
    this.#write({ ...this.#read(), [api]: credential });
  }

  forget(api: string): void {
    const { [api]: gone, ...others } = this.#read();
    if (gone) this.#write(others);
  }

  #write(credentials: Credentials): void {
    writePrivateFile(this.file, `${JSON.stringify(credentials, null, 2)}\n`);
  }

  #read(): Credentials {
    const text = readPrivateFile(this.file);
    if (text === null) return {};
    try {
      return Credentials.parse(JSON.parse(text));
    } catch {
      throw new CommandError(`${this.file} is damaged: delete it and log in again with "pbk login".`);
    }
  }
}
