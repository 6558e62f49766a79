/** `npm test`: installs what is missing and runs everything. Stops at the first stage that fails. */
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buildConsole, compile } from './build.mjs';
import { bundleServices } from './bundle.mjs';
import { installPackages } from './install.mjs';
import { packageBinary, pinnedNode, root, runtimeDir, workspaceEnv } from './paths.mjs';
import { findChromium } from './chromium-binary.mjs';
import { findRedisServer } from './redis-binary.mjs';
import { findRsync } from './rsync-binary.mjs';
import { findSystemdAnalyze } from './systemd-analyze-binary.mjs';
import { runProgram } from './run-program.mjs';

const MINUTE_MS = 60_000;
const startedAtMs = Date.now();
const totals = { passed: 0, failed: 0 };
const timings = [];
const say = (line) => process.stdout.write(`${line}\n`);

const projects = ['libs', 'apps']
  .flatMap((kind) => readdirSync(join(root, kind)).map((name) => join(kind, name)))
  .concat('e2e', 'bench')
  .filter((project) => existsSync(join(root, project, 'jest.config.cjs')));
let redisServer;
let rsync;
let chromium;
let systemdAnalyze;

const stages = [
  ['packages', () => installPackages(say)],
  ['redis', async () => (redisServer = await findRedisServer(say))],
  ['rsync', async () => (rsync = await findRsync(say))],
  ['chromium', async () => (chromium = await findChromium(say))],
  ['systemd-analyze', async () => (systemdAnalyze = await findSystemdAnalyze(say))],
  // Lint and compilation keep one core busy each.
  [
    'format, lint, types and build',
    () =>
      Promise.all([
        check('prettier', '--check', '--log-level=warn', '.').then(lint),
        succeed(compile(projects)).then(() => Promise.all([bundleServices(), buildConsole(say)])),
      ]),
  ],
  ['documentation', () => succeed(node('tools/configuration.mjs', '--check'))],
  [
    'unit and contract tests',
    () =>
      jest(
        'units',
        projects.filter((project) => project !== 'e2e'),
        3,
        20,
      ),
  ],
  ['end-to-end tests', () => jest('e2e', ['e2e'], 2, 20)],
];

let failure = null;
for (const [name, run] of stages) {
  say(`\n── ${name}`);
  const stageStartedAtMs = Date.now();
  try {
    await run();
  } catch (error) {
    failure = { name, message: error.message };
  }
  timings.push(`${failure ? 'FAILED' : 'ok    '}  ${seconds(stageStartedAtMs).padStart(8)}  ${name}`);
  say(`── ${name}: ${failure ? 'FAILED' : 'ok'} after ${seconds(stageStartedAtMs)}`);
  if (failure) break;
}

if (failure) say(`\n${failure.message}`);
say(`\n${timings.join('\n')}\n        ${seconds(startedAtMs).padStart(8)}  in all\n`);
say(failure ? `Stopped at "${failure.name}"; the stages after it were not run.` : 'Every stage passed.');
// A stage that failed without a failed test (lint, a build, a crash) is still a failure.
say(`${totals.passed} passed, ${failure ? Math.max(totals.failed, 1) : totals.failed} failed`);
process.exitCode = failure ? 1 : 0;

async function lint() {
  // Who may import whom is judged by the graph of projects; without one that rule would let everything pass.
  await check('nx', 'show', 'projects');
  const output = await check('eslint', '.');
  if (output.includes('rule will be skipped')) throw new Error(output.trim());
}

/** Runs a program of the packages on the pinned Node. @throws Error with its output */
function check(name, ...args) {
  const env = workspaceEnv({ NX_DAEMON: 'false', CI: 'true', NO_COLOR: '1' });
  return succeed(
    runProgram(packageBinary(name), args, { cwd: root, env, quiet: true, timeoutMs: 10 * MINUTE_MS }),
  );
}

/** Runs a script of ours on the pinned Node. */
function node(script, ...args) {
  const options = { cwd: root, env: workspaceEnv(), quiet: true, timeoutMs: MINUTE_MS };
  return runProgram(pinnedNode(), [join(root, script), ...args], options);
}

/** Resolves with the output. */
async function succeed(ending) {
  const { code, output } = await ending;
  if (code !== 0) throw new Error(output.trim() || `exit code ${code}`);
  return output;
}

/** Runs the specs of projects and adds to the totals. Tests never use a Redis of somebody else. */
async function jest(title, of, workers, minutes) {
  const report = join(runtimeDir, `jest-${title}.json`);
  mkdirSync(runtimeDir, { recursive: true });
  rmSync(report, { force: true });
  const env = workspaceEnv(
    {
      NODE_NO_WARNINGS: '1',
      REDIS_SERVER_BIN: redisServer,
      RSYNC_BIN: rsync,
      CHROMIUM_BIN: chromium,
      SYSTEMD_ANALYZE_BIN: systemdAnalyze,
      REDIS_URL: '',
      DATABASE_URL: '',
    },
    dirname(redisServer),
  );
  const script = join(root, 'node_modules/jest/bin/jest.js');
  const args = [script, '--projects', ...of, `--maxWorkers=${workers}`, '--passWithNoTests'];
  args.push('--json', `--outputFile=${report}`, '--silent');
  // With --json the results would also go to standard output: the report is enough, the progress is on stderr.
  const ending = await runProgram(pinnedNode(), args, {
    cwd: root,
    env,
    timeoutMs: minutes * MINUTE_MS,
    dropOutput: true,
  });
  if (existsSync(report)) {
    const { numPassedTests, numFailedTests, numPendingTests, numRuntimeErrorTestSuites } = JSON.parse(
      readFileSync(report, 'utf8'),
    );
    totals.passed += numPassedTests;
    totals.failed += numFailedTests + numRuntimeErrorTestSuites;
    if (numPendingTests > 0) say(`${numPendingTests} skipped`);
  }
  if (ending.code !== 0)
    throw new Error(
      existsSync(report) ? `Tests failed: see above.` : `The tests did not end within ${minutes} minutes.`,
    );
}

function seconds(sinceMs) {
  return `${((Date.now() - sinceMs) / 1000).toFixed(1)} s`;
}
