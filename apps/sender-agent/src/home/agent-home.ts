import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { CredentialsFolder } from '@periodic-backup/trust';

/** Where a joined agent keeps everything of its own: credentials, what its machine allows, and its state. */
export class AgentHome {
  readonly credentials: CredentialsFolder;
  readonly stateDir: string;
  /** What this machine allows, in variables as in docs/configuration.md. Nobody writes it but its people. */
  readonly settingsFile: string;

  constructor(readonly path: string) {
    this.credentials = new CredentialsFolder(join(path, 'credentials'));
    this.stateDir = join(path, 'state');
    this.settingsFile = join(path, 'agent.env');
  }

  /** The one that `AGENT_HOME` names, else the user's. */
  static of(environment: NodeJS.ProcessEnv): AgentHome {
    const { AGENT_HOME, XDG_STATE_HOME } = environment;
    if (AGENT_HOME) return new AgentHome(AGENT_HOME);
    if (process.getuid?.() === 0) return new AgentHome('/var/lib/periodic-backup-agent');
    return new AgentHome(join(XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'periodic-backup-agent'));
  }

  /** Variables of the settings file; none without one. @throws Error that names the line */
  settings(): Record<string, string> {
    let text: string;
    try {
      text = readFileSync(this.settingsFile, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
      throw error;
    }
    const lines = text.split('\n').map((line) => line.trim());
    return Object.fromEntries(
      lines.flatMap((line, at) => {
        if (line === '' || line.startsWith('#')) return [];
        const [, name, value] = /^([A-Z][A-Z0-9_]*)=(.*)$/.exec(line) ?? [];
        if (name === undefined || value === undefined)
          throw new Error(`${this.settingsFile}, line ${at + 1}: must be NAME=value.`);
        return [[name, value]];
      }),
    );
  }
}
