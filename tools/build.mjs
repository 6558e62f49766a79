import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { bundleServices, programOf, services } from './bundle.mjs';
import { packageBinary, pinnedNode, root, runtimeDir, workspaceEnv } from './paths.mjs';
import { runProgram } from './run-program.mjs';

const stampFile = join(runtimeDir, 'built');
const consoleStampFile = join(runtimeDir, 'console-built');
const outputs = services.map(programOf);

/** Every service and the web console are built from the sources as they are now. @throws Error with the compiler's words */
export async function buildAll(say) {
  await Promise.all([buildServices(say), buildConsole(say)]);
}

/** Every service is compiled and bundled. */
export async function buildServices(say) {
  const digest = digestOf(serviceSources());
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === digest && outputs.every(existsSync))
    return;
  say('Building …');
  rmSync(stampFile, { force: true });
  const projects = services.map((service) => join('apps', service, 'tsconfig.app.json'));
  const { code, output } = await compile(projects);
  if (code !== 0) throw new Error(`${output.trim()}\n\nThe build failed: see the messages above.`);
  await bundleServices();
  mkdirSync(runtimeDir, { recursive: true });
  writeFileSync(stampFile, digest);
}

/** Compiles projects and what they refer to; `{ code, output }`. */
export function compile(projects) {
  const args = [packageBinary('tsc'), '-b', ...projects];
  return runProgram(pinnedNode(), args, { cwd: root, env: workspaceEnv(), quiet: true });
}

/** The console is bundled into apps/web/dist, from where the admin API serves it. Its types are checked by `npm test`. */
export async function buildConsole(say) {
  const digest = digestOf(consoleSources());
  const page = join(root, 'apps/web/dist/index.html');
  if (existsSync(consoleStampFile) && readFileSync(consoleStampFile, 'utf8') === digest && existsSync(page))
    return;
  say('Building the web console …');
  rmSync(consoleStampFile, { force: true });
  const args = [
    join(root, 'node_modules/vite/bin/vite.js'),
    'build',
    join(root, 'apps/web'),
    '--logLevel',
    'warn',
  ];
  const { code, output } = await runProgram(pinnedNode(), args, {
    cwd: root,
    env: workspaceEnv(),
    quiet: true,
  });
  if (code !== 0)
    throw new Error(`${output.trim()}\n\nThe web console could not be built: see the messages above.`);
  mkdirSync(runtimeDir, { recursive: true });
  writeFileSync(consoleStampFile, digest);
}

function serviceSources() {
  const parts = ['package.json', 'src', 'tsconfig.app.json', 'tsconfig.lib.json'];
  return ['apps', 'libs']
    .flatMap((kind) => readdirSync(join(root, kind)).map((project) => join(kind, project)))
    .filter((project) => project !== join('apps', 'web'))
    .flatMap((project) => parts.map((part) => join(project, part)));
}

function consoleSources() {
  const parts = ['package.json', 'index.html', 'vite.config.mjs', 'build', 'public', 'src'];
  return [
    ...parts.map((part) => join('apps', 'web', part)),
    ...['contracts', 'api-client'].flatMap((lib) => [
      join('libs', lib, 'package.json'),
      join('libs', lib, 'src'),
    ]),
  ];
}

/** Path, size and time of everything a build reads: a few hundred files, some milliseconds. */
function digestOf(sources) {
  const hash = createHash('sha256');
  const visit = (path) => {
    const status = statSync(path);
    if (status.isDirectory()) {
      for (const name of readdirSync(path).sort()) visit(join(path, name));
    } else if (!path.endsWith('.spec.ts')) {
      hash.update(`${relative(root, path)}\0${status.size}\0${status.mtimeMs}\n`);
    }
  };
  for (const source of ['package-lock.json', 'tsconfig.base.json', 'tools/bundle.mjs', ...sources.sort()])
    if (existsSync(join(root, source))) visit(join(root, source));
  return hash.digest('hex');
}
