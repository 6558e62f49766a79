import { createRequire, registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';
import runWithCircus from 'jest-circus/runner';
import { fillSourceMaps, sourceModules } from './source-modules.mjs';
import { provide } from './spec-globals.mjs';

const EVENT_HANDLERS = Symbol.for('EVENT_HANDLERS');
const require = createRequire(import.meta.url);

registerHooks(sourceModules);
await import('reflect-metadata');

/**
 * Jest's `testRunner`: the tests of a file have run, and everything they import was loaded by Node itself. Jest would
 * load all modules anew for each file, in a context of its own, which took longer than the tests. Here the files that
 * a worker runs share what is loaded; what else one of them may have changed is put back.
 */
export default async function runSpecFile(globalConfig, config, environment, runtime, path, report) {
  fillSourceMaps(runtime.getSourceMaps());
  const before = { env: { ...process.env }, console };
  globalThis.console = environment.global.console;
  const loader = {
    requireInternalModule: requireAnew,
    requireModule: require,
    setGlobalsForRuntime(words) {
      provide(words);
      Object.assign(globalThis, words);
    },
    enterTestCode: () => runtime.enterTestCode(),
    leaveTestCode: () => runtime.leaveTestCode(),
    unstable_shouldLoadAsEsm: () => true,
    unstable_importModule: (file) => import(pathToFileURL(file).href),
  };
  try {
    return await new Promise((resolve, reject) => {
      // Not awaited and not bound: no stack trace of a test goes on into this file.
      const run = runWithCircus.default(globalConfig, config, environment, loader, path, report);
      run.then((result) => resolve(result), reject);
    });
  } finally {
    globalThis.console = before.console;
    restoreEnvironment(before.env);
  }
}

/** Circus keeps the tests of one file in its module: each file gets a new one. */
function requireAnew(path) {
  delete globalThis[EVENT_HANDLERS];
  delete require.cache[path];
  return require(path);
}

function restoreEnvironment(before) {
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  Object.assign(process.env, before);
}
