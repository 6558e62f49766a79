/**
 * `npm run package:agent [-- --out=DIR]`: the agent as one file that installs on a machine without this repository. What
 * is installed here by the lockfile is what runs there: nothing is fetched.
 */
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { compile } from './build.mjs';
import { bundleServices } from './bundle.mjs';
import { installPackages } from './install.mjs';
import { root } from './paths.mjs';
import { runProgram } from './run-program.mjs';

const say = (line) => process.stderr.write(`${line}\n`);
const AGENT = join('apps', 'sender-agent');
/** What a program does not need to run. */
const LEFT_OUT = /\.(map|d\.[mc]?ts|md|tsbuildinfo)$|\.spec\.js$/;

try {
  const [given, ...more] = process.argv.slice(2);
  if (more.length > 0 || (given !== undefined && !/^--out=./.test(given)))
    throw new Error(`${[given, ...more].join(' ')} is not understood: npm run package:agent [-- --out=DIR]`);
  await installPackages(say);
  say('Building the agent …');
  await ended(compile([join(AGENT, 'tsconfig.app.json')]), 'The build failed');
  await bundleServices(['sender-agent']);
  process.stdout.write(`${await makePackage(given?.slice('--out='.length) ?? join(root, 'dist'))}\n`);
} catch (error) {
  say(error.message);
  process.exitCode = 1;
}

/** Resolves with the file. */
async function makePackage(outDir) {
  const { version } = JSON.parse(readFileSync(join(root, AGENT, 'package.json'), 'utf8'));
  const name = `periodic-backup-agent-${version}`;
  const scratch = mkdtempSync(join(tmpdir(), 'package-agent-'));
  try {
    const agent = join(scratch, name, 'agent');
    for (const directory of await neededDirectories()) copyInto(agent, directory);
    addFiles(join(scratch, name), agent, version);
    mkdirSync(outDir, { recursive: true });
    const file = join(outDir, `${name}.tar.gz`);
    const owners = ['--sort=name', '--owner=0', '--group=0', '--numeric-owner'];
    await ended(
      runProgram('tar', ['-czf', file, ...owners, '-C', scratch, name], { quiet: true }),
      'The package could not be written',
    );
    return file;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** The packages that the agent needs to run, ours and others', as they lie below the root. */
async function neededDirectories() {
  const args = ['ls', '--workspace', '@periodic-backup/sender-agent', '--omit=dev', '--all', '--parseable'];
  const output = await ended(runProgram('npm', args, { cwd: root, quiet: true }), 'npm ls failed');
  return output
    .split('\n')
    .filter((path) => path.startsWith(`${root}/`) && path.includes('/node_modules/'))
    .map((path) => relative(root, path));
}

/** A package without the packages inside it, which are listed themselves; one of ours and the link that leads to it. */
function copyInto(agent, directory) {
  const source = realpathSync(join(root, directory));
  const own = relative(root, source);
  const isOurs = own !== directory;
  cpSync(source, join(agent, own), {
    recursive: true,
    filter: (path) => {
      const inside = relative(source, path);
      if (isOurs && inside !== '' && !/^(dist|package\.json)(\/|$)/.test(inside)) return false;
      return basename(path) !== 'node_modules' && !LEFT_OUT.test(path);
    },
  });
  if (!isOurs) return;
  const link = join(agent, directory);
  mkdirSync(dirname(link), { recursive: true });
  if (!existsSync(link)) symlinkSync(relative(dirname(link), join(agent, own)), link);
}

function addFiles(top, agent, version) {
  const from = join(root, 'deploy', 'agent');
  mkdirSync(join(agent, 'bin'));
  for (const [source, target] of [
    ['sender-agent', join(agent, 'bin', 'sender-agent')],
    ['install', join(top, 'install')],
  ]) {
    cpSync(join(from, source), target);
    chmodSync(target, 0o755);
  }
  cpSync(join(from, 'periodic-backup-agent.service'), join(top, 'periodic-backup-agent.service'));
  cpSync(join(root, 'docs', 'agents.md'), join(agent, 'README.md'));
  cpSync(join(root, 'LICENSE'), join(agent, 'LICENSE'));
  writeFileSync(join(top, 'version'), `${version}\n`);
}

/** Resolves with what the program said. @throws Error with it */
async function ended(program, otherwise) {
  const { code, output } = await program;
  if (code !== 0) throw new Error(`${output.trim()}\n\n${otherwise} (exit ${code}): see the messages above.`);
  return output;
}
