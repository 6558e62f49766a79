/** `npm start`: installs and builds what is missing, then becomes the launcher. Runs on Node 20 without packages. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { buildAll } from './build.mjs';
import { programOf } from './bundle.mjs';
import { installPackages } from './install.mjs';
import { pinnedNode, runtimeDir, workspaceEnv } from './paths.mjs';
import { findRedisServer } from './redis-binary.mjs';

const say = (line) => process.stderr.write(`${line}\n`);
const args = process.argv.slice(2);

try {
  await installPackages(say);
  await buildAll(say);
  const onlyAsks = args.some((arg) => ['--help', '-h', '--version'].includes(arg));
  const redisServer = process.env.REDIS_URL || onlyAsks ? '' : await findRedisServer(say);
  launch(redisServer);
} catch (error) {
  say(error.message);
  process.exitCode = 1;
}

function launch(redisServer) {
  const launcher = spawn(pinnedNode(), [programOf('standalone'), ...args], {
    // The channel tells the launcher when this process is killed.
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: workspaceEnv({
      NODE_COMPILE_CACHE: join(runtimeDir, 'compile-cache'),
      REDIS_SERVER_BIN: redisServer,
      INIT_CWD: process.env.INIT_CWD ?? process.cwd(),
    }),
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => launcher.kill(signal));
  launcher.on('error', (error) => {
    say(`The launcher could not be started: ${error.message}. Delete node_modules and try again.`);
    process.exitCode = 1;
  });
  launcher.on('exit', (code, signal) => {
    process.exit(code ?? (signal === 'SIGINT' ? 130 : 143));
  });
}
