import { existsSync } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { VERSION } from '@periodic-backup/platform';
import { joinFleet, replaceFile } from '@periodic-backup/trust';
import { AgentHome } from './agent-home.js';

const USAGE = `Usage: sender-agent join LINE --allow DIR [--allow DIR …] [options]

Makes this machine an agent. LINE is what "pbk agents invite NAME" printed.

  --allow DIR        a directory that plans may read, with all below it; repeatable
  --backup-dir DIR   a directory that may take backup copies, too; repeatable
  --restore-dir DIR  a directory that restores may write to, too; repeatable
  --home DIR         where the agent keeps its key, settings and state

What this machine allows stands in a file on this machine only: no server can change it.`;

/** Joins the fleet and writes the home that the agent starts from. Resolves with the exit code. */
export async function joinCommand(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  out: { readonly log: (line: string) => void; readonly error: (line: string) => void } = console,
): Promise<number> {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        allow: { type: 'string', multiple: true, default: [] },
        'backup-dir': { type: 'string', multiple: true, default: [] },
        'restore-dir': { type: 'string', multiple: true, default: [] },
        home: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (values.help) {
      out.log(USAGE);
      return 0;
    }
    const [line, ...more] = positionals;
    if (line === undefined || more.length > 0) throw new Error(`Name one line to join with.\n\n${USAGE}`);
    const home = values.home === undefined ? AgentHome.of(environment) : new AgentHome(resolve(values.home));
    const lists = {
      ALLOWED_DIRS: await directories(values.allow),
      BACKUP_DIRS: await directories(values['backup-dir']),
      RESTORE_DIRS: await directories(values['restore-dir']),
    };
    if (lists.ALLOWED_DIRS === '' && !existsSync(home.settingsFile))
      throw new Error('Say with --allow DIR which directories this machine lets plans read.');
    await mkdir(home.path, { recursive: true, mode: 0o700 });
    const name = await joinFleet(line, 'agent', home.credentials, { hostname: hostname(), version: VERSION });
    await mkdir(home.stateDir, { recursive: true, mode: 0o700 });
    if (lists.ALLOWED_DIRS !== '') replaceFile(home.settingsFile, settingsText(lists), 0o600);
    out.log(`This machine is now the agent "${name.id}". Its key stays in ${home.credentials.path}.`);
    out.log(`What plans may read here stands in ${home.settingsFile}.`);
    out.log(`Start it:  ${values.home === undefined ? '' : `AGENT_HOME=${home.path} `}sender-agent`);
    return 0;
  } catch (error) {
    out.error((error as Error).message);
    return 2;
  }
}

async function directories(paths: readonly string[]): Promise<string> {
  const absolute = paths.map((path) => resolve(path));
  for (const path of absolute) {
    const there = await stat(path).catch(() => null);
    if (!there?.isDirectory()) throw new Error(`${path} is not a directory of this machine.`);
    if (/[:\n]/.test(path)) throw new Error(`${path} cannot be allowed: its name holds ":" or a line break.`);
  }
  return absolute.join(':');
}

function settingsText(lists: Readonly<Record<string, string>>): string {
  const lines = Object.entries(lists).map(([name, value]) => `${name}=${value}`);
  return `# What this machine allows. Directories, separated by ":"; each counts with all below it.\n${lines.join('\n')}\n`;
}
