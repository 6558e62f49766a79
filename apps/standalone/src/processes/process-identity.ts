import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** A pid alone may be somebody else's by now: the moment its process started makes it sure. */
export const ProcessIdentity = z.object({
  pid: z.int().positive(),
  /** Boot and clock tick of its start; null where the system does not tell. */
  startedAt: z.string().nullable(),
});
export type ProcessIdentity = z.infer<typeof ProcessIdentity>;

export function identityOf(pid: number): ProcessIdentity {
  return { pid, startedAt: startOf(pid) };
}

/** True while the very process lives; a zombie does not. */
export function isSameProcess(identity: ProcessIdentity): boolean {
  return (
    isAlive(identity.pid) && (identity.startedAt === null || identity.startedAt === startOf(identity.pid))
  );
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return statusFields(pid)?.[0] !== 'Z';
}

/** The command line of a process, its words separated by blanks; empty if there is none to see. */
export function commandLineOf(pid: number): string {
  try {
    if (process.platform === 'linux')
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  } catch {
    return '';
  }
}

function startOf(pid: number): string | null {
  const ticks = statusFields(pid)?.[19]; // field 22 of proc(5)'s stat
  if (ticks === undefined) return null;
  return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${ticks}`;
}

/** Fields of /proc/<pid>/stat from the third, the state, on: the name before may hold anything. */
function statusFields(pid: number): string[] | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
}
