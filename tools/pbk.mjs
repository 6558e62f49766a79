/** `./pbk …`: the command-line client from a clone; installs and builds what is missing first. Runs on Node 20. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { buildServices } from './build.mjs';
import { programOf } from './bundle.mjs';
import { installPackages } from './install.mjs';
import { pinnedNode, root, workspaceEnv } from './paths.mjs';

const say = (line) => process.stderr.write(`${line}\n`);

try {
  await installPackages(say);
  await buildServices(say);
  const client = spawn(pinnedNode(), [programOf('cli'), ...process.argv.slice(2)], {
    stdio: 'inherit',
    // Where npm start keeps its state unless it is told otherwise: with what lets its own programs in.
    env: workspaceEnv({ PBK_DATA: process.env.PBK_DATA ?? join(root, '.periodic-backup') }),
  });
  // The client hears Ctrl-C itself and says how it ended.
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => undefined);
  client.on('exit', (code) => (process.exitCode = code ?? 1));
} catch (error) {
  say(error.message);
  process.exitCode = 1;
}
