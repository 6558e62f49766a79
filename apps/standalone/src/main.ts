import { homedir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from './launcher/run-command.js';

const rootDir = join(import.meta.dirname, '..', '..', '..');
const cwd = process.env['INIT_CWD'] || process.cwd();

process.exit(
  await runCommand(process.argv.slice(2), {
    cwd,
    appsDir: join(rootDir, 'apps'),
    defaultDataDir: join(rootDir, '.periodic-backup'),
    homeDir: homedir(),
  }),
);
