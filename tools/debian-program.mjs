import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';
import { runtimeDir } from './paths.mjs';
import { runProgram } from './run-program.mjs';

/**
 * @typedef {object} DebianProgram
 * @property {string[]} names what it may be called; the first is also its folder below .runtime
 * @property {string[][]} packages sets of packages that bring it, tried in turn
 * @property {string[]} rareLibraries packages that nearly every machine has; known to some releases only
 * @property {string} remedy the line that says how to install it
 */

/**
 * The path of a program: one on PATH, else one unpacked from Debian's packages into .runtime without installing
 * anything. @param {DebianProgram} program @throws Error with its remedy
 */
export async function findProgram(program, say) {
  const found = program.names.map(onPath).find(Boolean);
  if (found) return found;
  const folder = join(runtimeDir, program.names[0].split('-')[0]);
  const wrapper = join(folder, program.names[0]);
  if (existsSync(wrapper) && (await works(wrapper))) return wrapper;
  if (onPath('apt-get') && onPath('dpkg')) {
    say(`Fetching ${program.names[0]} (apt packages, unpacked into .runtime; nothing is installed) …`);
    for (const updateFirst of process.getuid?.() === 0 ? [false, true] : [false]) {
      if (updateFirst) await runProgram('apt-get', ['update'], { quiet: true });
      for (const names of program.packages) if (await unpack(program, names, folder, wrapper)) return wrapper;
    }
  }
  throw new Error(program.remedy);
}

/** The path of a program on PATH or in a usual place beside it, null if there is none. */
export function onPath(name) {
  for (const directory of [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/bin']) {
    const path = join(directory, name);
    try {
      accessSync(path, constants.X_OK);
      if (directory) return path;
    } catch {
      // Not in this directory.
    }
  }
  return null;
}

async function unpack({ names: programNames, rareLibraries }, names, folder, wrapper) {
  rmSync(folder, { recursive: true, force: true });
  const downloads = join(folder, 'packages');
  mkdirSync(downloads, { recursive: true });
  if (!(await download(names, downloads))) return false;
  const content = join(folder, 'root');
  const wrap = async () =>
    (await unpackAll(downloads, content)) && writeWrapper(programNames, content, wrapper) && works(wrapper);
  if (!(await wrap())) {
    for (const name of rareLibraries) await download([name], downloads);
    if (!(await wrap())) return false;
  }
  rmSync(downloads, { recursive: true });
  return true;
}

async function download(names, downloads) {
  // As root apt would drop its rights for the download and could not write here.
  const args = ['-o', 'APT::Sandbox::User=root', 'download', ...names];
  return (await runProgram('apt-get', args, { cwd: downloads, quiet: true })).code === 0;
}

async function unpackAll(downloads, content) {
  for (const file of readdirSync(downloads))
    if ((await runProgram('dpkg', ['-x', join(downloads, file), content], { quiet: true })).code !== 0)
      return false;
  return true;
}

/** Some programs are links to another and find their role by their name: the wrapper keeps it. */
function writeWrapper(names, content, wrapper) {
  const binary = names.map((name) => join(content, 'usr/bin', name)).find(existsSync);
  if (!binary) return false;
  const directories = ['usr/lib', 'lib']
    .map((directory) => join(content, directory))
    .filter(existsSync)
    .flatMap((directory) => readdirSync(directory).map((name) => join(directory, name)))
    .filter((path) => path.includes('-linux-'))
    .flatMap((path) => [path, join(path, 'systemd')]);
  writeFileSync(
    wrapper,
    `#!/bin/sh\nLD_LIBRARY_PATH='${directories.join(':')}'\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH} exec '${binary}' "$@"\n`,
  );
  chmodSync(wrapper, 0o755);
  return true;
}

const works = async (program) => (await runProgram(program, ['--version'], { quiet: true })).code === 0;
