/**
 * `npm run demo` and `npm run screenshots`: installs and builds what is missing, then runs the named program of e2e/ on an
 * installation with some weeks behind it.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buildAll, compile } from './build.mjs';
import { findChromium } from './chromium-binary.mjs';
import { installPackages } from './install.mjs';
import { pinnedNode, root, workspaceEnv } from './paths.mjs';
import { findRedisServer } from './redis-binary.mjs';

const say = (line) => process.stderr.write(`${line}\n`);
const [program, ...args] = process.argv.slice(2);
const MACHINE = '/srv';

try {
  await installPackages(say);
  await buildAll(say);
  const { code, output } = await compile(['e2e/tsconfig.app.json']);
  if (code !== 0) throw new Error(`${output.trim()}\n\nThe build failed: see the messages above.`);
  const redisServer = await findRedisServer(say);
  const chromium = program === 'screenshots' ? await findChromium(say) : '';
  const command = [pinnedNode(), join(root, 'e2e/dist', program, 'main.js'), ...args];
  const env = workspaceEnv({ REDIS_SERVER_BIN: redisServer, CHROMIUM_BIN: chromium }, dirname(redisServer));
  const machineDir = mkdtempSync(join(tmpdir(), 'pbk-machine-'));
  // Paths as people have them: its folder lies under /srv, for its own processes only, where this may be arranged.
  const mounts = mayMount(machineDir)
    ? ['unshare', '--mount', 'sh', '-c', `mount --bind "$0" ${MACHINE} && exec "$@"`, machineDir]
    : [];
  const [file, ...rest] = [...mounts, ...command];
  const child = spawn(file, rest, {
    stdio: 'inherit',
    env: { ...env, DEMO_MACHINE_DIR: mounts.length > 0 ? MACHINE : machineDir },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (status) => {
    rmSync(machineDir, { recursive: true, force: true });
    process.exitCode = status ?? 1;
  });
} catch (error) {
  say(error.message);
  process.exitCode = 1;
}

function mayMount(directory) {
  if (process.getuid?.() !== 0 || !existsSync(MACHINE) || root.startsWith(`${MACHINE}/`)) return false;
  const trial = ['--mount', 'mount', '--bind', directory, MACHINE];
  return spawnSync('unshare', trial, { stdio: 'ignore' }).status === 0;
}
