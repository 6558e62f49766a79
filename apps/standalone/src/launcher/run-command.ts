import { join } from 'node:path';
import { ApiError } from '@periodic-backup/api-client';
import { InstanceRunningError } from '../data-folder/instance-lock.js';
import { InputError } from '../options/input-error.js';
import { DEFAULT_TARGET } from '../options/launcher-options.js';
import { parseArguments, type Surroundings } from '../options/parse-arguments.js';
import { JsonScreen } from '../screen/json-screen.js';
import type { Screen } from '../screen/screen.js';
import { TextScreen } from '../screen/text-screen.js';
import type { Instance } from './instance.js';
import { EXIT_FAILED, launch } from './launch.js';
import { prepare } from './prepare.js';
import { stopOnSignals } from './stop-signals.js';

const EXIT_BAD_INPUT = 2;

/** Runs the launcher to its end; resolves with the exit code. */
export async function runCommand(
  args: readonly string[],
  surroundings: Surroundings & { readonly appsDir: string },
): Promise<number> {
  // Whoever read our lines may be gone: that is no reason to stop backing up.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  let screen: Screen = args.includes('--json')
    ? new JsonScreen(process.stdout, new TextScreen(process.stderr))
    : new TextScreen(process.stdout);
  let exitCode: number;
  try {
    const parsed = parseArguments(args, surroundings);
    if (parsed === null) return 0;
    let instance: Instance | undefined;
    const stop = stopOnSignals(() => instance?.kill());
    const target = join(surroundings.cwd, DEFAULT_TARGET);
    const prepared = await prepare(parsed.options, parsed.problems, target, screen);
    exitCode = await launch(parsed.options, prepared, surroundings.appsDir, screen, stop, (started) => {
      instance = started;
    });
  } catch (error) {
    if (!(screen instanceof JsonScreen)) screen = new TextScreen(process.stderr);
    exitCode = explain(error, screen);
  }
  screen.stopped(exitCode);
  return exitCode;
}

function explain(error: unknown, screen: Screen): number {
  if (error instanceof InputError) {
    for (const problem of error.problems) screen.problem(problem);
    return EXIT_BAD_INPUT;
  }
  screen.problem(error instanceof Error ? error.message : String(error));
  if (error instanceof InstanceRunningError) return EXIT_BAD_INPUT;
  return error instanceof ApiError && error.status < 500 ? EXIT_BAD_INPUT : EXIT_FAILED;
}
