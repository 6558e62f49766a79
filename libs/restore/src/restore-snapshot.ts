import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { RestoreRefused } from './restore-refused.js';
import { errnoOf } from '@periodic-backup/local-files';
import { makeDestination } from './destination-tree.js';
import { LookFirst } from './look-first.js';
import type { RestoreJob } from './restore-job.js';
import { TreeRestore } from './tree-restore.js';

/** Says what {@link restoreSnapshot} would do; writes nothing. @throws as that does */
export async function planRestore(job: RestoreJob): Promise<void> {
  const conflicts = await new LookFirst(job, isMissingOrEmpty(job.destination)).run();
  if (conflicts > 0) throw conflictsIn(job, conflicts);
}

/**
 * Restores into the destination, which is made if it is missing. Safe to repeat: what an earlier attempt of the run has
 * written is not fetched again.
 * @throws SessionError if the connection failed or the run is to end: another attempt goes on
 * @throws RestoreRefused if something stands in the way of the rule `fail`, or nothing can be written
 */
export async function restoreSnapshot(job: RestoreJob): Promise<void> {
  const { state, destination, rule } = job;
  const wasEmpty = isMissingOrEmpty(destination);
  if (rule === 'fail' && !state.resumes && !wasEmpty) {
    const conflicts = await new LookFirst(job, false).run();
    if (conflicts > 0) throw conflictsIn(job, conflicts);
    job.tally.restart();
    job.result.restart();
  }
  const { resumes } = state;
  const destinationIsFresh = makeDestination(destination);
  state.begin(wasEmpty);
  await new TreeRestore(job, { destinationIsFresh, resumes }).run();
  if (job.metadata.ownersLeft > 0)
    job.problems.note(
      Buffer.alloc(0),
      'OWNER',
      `${job.metadata.ownersLeft} entries belong to the agent's user, for only root may give files away`,
    );
}

/** Makes the restored tree survive power loss: syncfs(2), which Node lacks. @throws RestoreRefused */
export function makeDurable(destination: Buffer): void {
  const cwd = destination.toString();
  // Where `sync` cannot flush one file system it flushes them all.
  const flushed = [['-f', '.'], []].some(
    (options) => spawnSync('sync', options, { cwd, stdio: 'ignore' }).status === 0,
  );
  if (!flushed)
    throw new RestoreRefused(
      'DESTINATION_UNUSABLE',
      `What was restored to ${cwd} may not survive a power cut: it could not be flushed to the disk with "sync".`,
    );
}

function isMissingOrEmpty(directory: Buffer): boolean {
  try {
    return readdirSync(directory).length === 0;
  } catch (error) {
    return errnoOf(error) === 'ENOENT';
  }
}

function conflictsIn({ destination }: RestoreJob, count: number): RestoreRefused {
  return new RestoreRefused(
    'CONFLICT',
    `${count} ${count === 1 ? 'entry stands' : 'entries stand'} in the way in ${destination.toString()}; nothing was written. ` +
      'Choose an empty directory, or the rule "skip", "rename" or "overwrite".',
  );
}
