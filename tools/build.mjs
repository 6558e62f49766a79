import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { packageBinary, pinnedNode, root, runtimeDir, workspaceEnv } from './paths.mjs';
import { runProgram } from './run-program.mjs';

const services = ['scheduler', 'receiver', 'sender-agent', 'admin-api', 'standalone', 'cli'];
const stampFile = join(runtimeDir, 'built');
const outputs = services.map((service) => join(root, 'apps', service, 'dist', 'main.js'));

/** Every service is compiled from the sources as they are now. @throws Error with the compiler's words */
export async function buildServices(say) {
  const digest = sourcesDigest();
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === digest && outputs.every(existsSync))
    return;
  say('Building …');
  rmSync(stampFile, { force: true });
  const projects = services.map((service) => join('apps', service, 'tsconfig.app.json'));
  const { code, output } = await compile(projects);
  if (code !== 0) throw new Error(`${output.trim()}\n\nThe build failed: see the messages above.`);
  mkdirSync(runtimeDir, { recursive: true });
  writeFileSync(stampFile, digest);
}

/** Compiles projects and what they refer to; `{ code, output }`. */
export function compile(projects) {
  const args = [packageBinary('tsc'), '-b', ...projects];
  return runProgram(pinnedNode(), args, { cwd: root, env: workspaceEnv(), quiet: true });
}

/** Path, size and time of everything the build reads: a few hundred files, some milliseconds. */
function sourcesDigest() {
  const hash = createHash('sha256');
  const visit = (path) => {
    const status = statSync(path);
    if (status.isDirectory()) {
      for (const name of readdirSync(path).sort()) visit(join(path, name));
    } else if (!path.endsWith('.spec.ts')) {
      hash.update(`${relative(root, path)}\0${status.size}\0${status.mtimeMs}\n`);
    }
  };
  for (const file of ['package-lock.json', 'tsconfig.base.json']) visit(join(root, file));
  for (const kind of ['apps', 'libs'])
    for (const project of readdirSync(join(root, kind)).sort())
      for (const part of ['package.json', 'src', 'tsconfig.app.json', 'tsconfig.lib.json']) {
        const path = join(root, kind, project, part);
        if (existsSync(path)) visit(path);
      }
  return hash.digest('hex');
}
