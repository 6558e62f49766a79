import { join } from 'node:path';
import type { Plan, Run } from '@periodic-backup/contracts';
import { ApiClient } from '@periodic-backup/api-client';
import { realPath } from '../checks/containment.js';
import type { LauncherOptions } from '../options/launcher-options.js';
import { RunWatch } from '../runs/run-watch.js';
import { FurtherReceivers } from '../receivers/further-receivers.js';
import { answerRequests } from '../receivers/launcher-requests.js';
import { openBrowser } from '../screen/open-browser.js';
import type { Screen } from '../screen/screen.js';
import { Instance } from './instance.js';
import { ensurePlans } from './ensure-plans.js';
import type { Prepared } from './prepare.js';
import { planDirsOf, startServices } from './start-services.js';

export const EXIT_COMPLETE = 0;
export const EXIT_FAILED = 1;
export const EXIT_PARTIAL = 3;

/** Resolves when the signal fires. */
function fired(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/**
 * Starts everything, makes the first backups and stays until `stop` fires (or, with `once`, until they have ended);
 * then everything is stopped. Resolves with the exit code. `onInstance` hands out the processes for a hard kill.
 */
export async function launch(
  options: LauncherOptions,
  { folder, targetDir, findings, release }: Prepared,
  appsDir: string,
  screen: Screen,
  stop: AbortSignal,
  onInstance: (instance: Instance) => void,
): Promise<number> {
  const { agentId } = folder.memory;
  const api = new ApiClient(`http://127.0.0.1:${options.apiPort}`, folder.memory.serviceToken);
  const sourceDirs = [...new Set(options.sourceDirs.map(realPath))];
  const instance: Instance = new Instance(folder, appsDir, {
    message: (message, reply) => answer(message, reply),
    crashed: (name, how) => screen.warning(`${name} ${how}; starting it again.`),
    recovered: (name) => screen.step(`${name} runs again.`),
  });
  const receivers = new FurtherReceivers(
    instance,
    folder,
    { host: options.receiverHost, port: options.receiverPort, targetDir },
    async () => [...sourceDirs, ...planDirsOf(await api.plans(), agentId).source],
  );
  const answer = answerRequests(receivers);
  onInstance(instance);
  const watching = new AbortController();
  try {
    const working = async (): Promise<number> => {
      const { vaultId, allowedDirs } = await startServices(instance, api, options, folder, targetDir, screen);
      for (const problem of await receivers.startRemembered()) screen.warning(problem);
      const ownExcludes = new Map([...findings.ownExcludes].map(([dir, glob]) => [realPath(dir), glob]));
      const place = { agentId, vaultId };
      const { plans, started } = await ensurePlans(api, sourceDirs, options, place, ownExcludes, screen);
      folder.remember({ planDirs: planDirsOf(plans, agentId) });
      const addresses = {
        api: api.url,
        console: `${api.url}/`,
        receiver: `${options.receiverHost}:${options.receiverPort}`,
        ...{ targetDir, dataDir: folder.path, logsDir: folder.logsDir, agentId, vaultId, allowedDirs },
        pids: instance.pids,
      };
      screen.started(addresses, plans);
      if (plans.length === 0 && !options.once && !options.json) openBrowser(`${addresses.console}plans/new`);
      const watch = new RunWatch(api, screen, watching.signal);
      for (const plan of plans) watch.namePlan(plan.id, plan.name);
      await watch.begin();
      const ends = await runNow(api, watch, options.once && started.length === 0 ? plans : started);
      watch.follow();
      if (!options.once) await fired(stop);
      return exitCodeOf(await Promise.all(options.once ? ends : []));
    };
    const interrupted = fired(stop).then(() => (options.once ? EXIT_FAILED : EXIT_COMPLETE));
    const work = working();
    // After an interruption nobody waits for it any more: what it meets is only that things stop.
    work.catch(() => undefined);
    return await Promise.race([work, interrupted]);
  } finally {
    watching.abort();
    screen.step('Stopping …');
    await instance.stop();
    release();
  }
}

/** One run of each plan is asked for; the promises of their ends. */
async function runNow(api: ApiClient, watch: RunWatch, plans: readonly Plan[]): Promise<Promise<Run>[]> {
  const ends: Promise<Run>[] = [];
  for (const plan of plans) ends.push(watch.ended(await api.runNow(plan.id)));
  return ends;
}

function exitCodeOf(runs: readonly Run[]): number {
  if (runs.some(({ state }) => state !== 'committed' && state !== 'partial')) return EXIT_FAILED;
  return runs.some(({ state }) => state === 'partial') ? EXIT_PARTIAL : EXIT_COMPLETE;
}

/** The folder in which the apps lie, seen from a compiled file of this one. */
export const appsDirFrom = (launcherDir: string): string => join(launcherDir, '..', '..', '..');
