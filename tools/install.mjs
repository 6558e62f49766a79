import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, runtimeDir } from './paths.mjs';
import { runProgram } from './run-program.mjs';

const lockfile = join(root, 'package-lock.json');
const installedLockfile = join(root, 'node_modules', '.package-lock.json');
const stampFile = join(runtimeDir, 'installed');

/** The packages of package-lock.json are in node_modules. @throws Error with the remedy */
export async function installPackages(say) {
  if (isInstalled()) return;
  say('Installing packages (npm ci, about a minute; only the first time and after updates) …');
  const npm = process.env.npm_execpath?.endsWith('.js')
    ? [process.execPath, process.env.npm_execpath]
    : ['npm'];
  const args = [...npm.slice(1), 'ci', '--no-audit', '--no-fund', '--loglevel=error'];
  const { code, output } = await runProgram(npm[0], args, { cwd: root, quiet: true });
  if (code !== 0)
    throw new Error(
      `${output.trim()}\n\nnpm ci failed (exit ${code}). Check the network and the registry ` +
        '(npm config get registry), free disk space (about 1 GB), then try again.',
    );
  stamp();
}

function isInstalled() {
  if (!existsSync(installedLockfile)) return false;
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === lockfileDigest()) return true;
  // Installed by hand: npm writes its own copy of the lockfile last. A checkout may have made the lockfile newer.
  if (statSync(installedLockfile).mtimeMs < statSync(lockfile).mtimeMs) return false;
  stamp();
  return true;
}

function stamp() {
  mkdirSync(runtimeDir, { recursive: true });
  writeFileSync(stampFile, lockfileDigest());
}

const lockfileDigest = () => createHash('sha256').update(readFileSync(lockfile)).digest('hex');
