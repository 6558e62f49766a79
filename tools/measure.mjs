/** `npm run bench` and `npm run sim`: installs and builds what is missing, then runs the named program of bench/. */
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { buildServices, compile } from './build.mjs';
import { installPackages } from './install.mjs';
import { pinnedNode, root, workspaceEnv } from './paths.mjs';
import { findRedisServer } from './redis-binary.mjs';

const say = (line) => process.stderr.write(`${line}\n`);
const [program, ...args] = process.argv.slice(2);

try {
  await installPackages(say);
  await buildServices(say);
  const { code, output } = await compile(['bench']);
  if (code !== 0) throw new Error(`${output.trim()}\n\nThe build failed: see the messages above.`);
  const redisServer = await findRedisServer(say);
  const measured = spawn(pinnedNode(), [join(root, 'bench/dist', `${program}.js`), ...args], {
    stdio: 'inherit',
    env: workspaceEnv({ REDIS_SERVER_BIN: redisServer }, dirname(redisServer)),
  });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => undefined);
  measured.on('exit', (status) => (process.exitCode = status ?? 1));
} catch (error) {
  say(error.message);
  process.exitCode = 1;
}
