import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { ProcessIdentity, identityOf, isSameProcess } from '../processes/process-identity.js';

const LockContent = ProcessIdentity.extend({ since: z.string() });

/** Another launcher works on the data folder. */
export class InstanceRunningError extends Error {
  override readonly name = 'InstanceRunningError';
  constructor(
    readonly pid: number,
    since: string,
  ) {
    super(
      `Another instance (pid ${pid}, since ${since}) uses this data folder: stop it with "kill ${pid}" or choose another --data.`,
    );
  }
}

/**
 * Makes this process the only launcher of a data folder, until `release`. The lock of a process that is gone counts
 * as none; its pid in use by another program does not keep it.
 * @throws InstanceRunningError
 */
export function acquireInstanceLock(lockFile: string): { release(): void } {
  const own = `${lockFile}.${process.pid}`;
  writeFileSync(own, JSON.stringify({ ...identityOf(process.pid), since: new Date().toISOString() }), {
    mode: 0o600,
  });
  try {
    while (!tryLink(own, lockFile)) {
      const holder = readLock(lockFile);
      if (holder && holder.pid !== process.pid && isSameProcess(holder))
        throw new InstanceRunningError(holder.pid, holder.since);
      setAside(lockFile, holder);
    }
  } finally {
    rmSync(own, { force: true });
  }
  return {
    release: () => {
      if (readLock(lockFile)?.pid === process.pid) rmSync(lockFile, { force: true });
    },
  };
}

/** Renaming lets only one of several starters remove a stale lock; what was not it after all goes back. */
function setAside(lockFile: string, stale: z.infer<typeof LockContent> | null): void {
  const aside = `${lockFile}.stale.${process.pid}`;
  try {
    renameSync(lockFile, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  const taken = readLock(aside);
  if (taken && taken.since !== stale?.since) tryLink(aside, lockFile);
  rmSync(aside, { force: true });
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function readLock(file: string): z.infer<typeof LockContent> | null {
  try {
    return LockContent.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return null;
  }
}
