/** `npm run e2e:compose`: proves docker-compose.yml with a real engine. Runs on Node 20 without packages. */
import { dirname, join } from 'node:path';
import { buildServices } from './build.mjs';
import { installPackages } from './install.mjs';
import { packageBinary, pinnedNode, root, workspaceEnv } from './paths.mjs';
import { findRedisServer } from './redis-binary.mjs';
import { runProgram } from './run-program.mjs';

const say = (line) => process.stdout.write(`${line}\n`);

const missing = await whatIsMissing();
if (missing) {
  say(`skipped: ${missing}; nothing was proved.`);
} else {
  await installPackages(say);
  // The package of the agent is tried beside what npm start runs.
  await buildServices(say);
  const redisServer = await findRedisServer(say);
  const { code } = await runProgram(
    pinnedNode(),
    [packageBinary('jest'), '--config', join(root, 'e2e/compose/jest.config.cjs'), ...process.argv.slice(2)],
    {
      cwd: root,
      env: workspaceEnv({ NODE_NO_WARNINGS: '1', REDIS_SERVER_BIN: redisServer }, dirname(redisServer)),
    },
  );
  process.exitCode = code;
}

/** What keeps the stack from being started here, in words; null if nothing does. */
async function whatIsMissing() {
  const engine = await runProgram('docker', ['info', '--format', '{{.ServerVersion}}'], { quiet: true });
  if (engine.code !== 0) return 'no container engine answers (docker info failed)';
  const compose = await runProgram('docker', ['compose', 'version'], { quiet: true });
  if (compose.code !== 0) return 'the engine has no Compose v2 (docker compose version failed)';
  return null;
}
