import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

const HOST_CHARACTERS = 12;

/**
 * Names this process so that another one of the same machine can tell whether it still runs: machine since its start,
 * process id, and the process's own start, because ids come back (in a container always as 1).
 */
export function processMark(): string {
  return `${hostMark()}.${process.pid}.${startOf(process.pid) ?? 0}`;
}

/** A name for something made on the way, that tells who made it. */
export function markedName(kind: 'tmp' | 'new' | 'old'): string {
  return `.${kind}-${processMark()}-${randomBytes(6).toString('hex')}`;
}

/** The mark within a name of {@link markedName}, null if it is none. */
export function markOf(name: string): string | null {
  return /^\.(?:tmp|new|old)-([0-9a-f]+\.\d+\.\d+)-[0-9a-f]+$/.exec(name)?.[1] ?? null;
}

/** Whether the process of a mark runs; `unknown` if it lives on another machine. */
export function livenessOf(mark: string): 'alive' | 'dead' | 'unknown' {
  const [host, id = '', startedAt = ''] = mark.split('.');
  if (host !== hostMark()) return 'unknown';
  const pid = Number(id);
  if (process.platform === 'linux') return String(startOf(pid) ?? 0) === startedAt ? 'alive' : 'dead';
  try {
    process.kill(pid, 0);
    return 'alive';
  } catch {
    return 'dead';
  }
}

let ownHost: string | null = null;

/** Same for processes that see each other's ids: one boot of one machine, one process namespace. */
function hostMark(): string {
  ownHost ??= createHash('sha256')
    .update(
      `${hostname()}\n${readOrNothing(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8'))}\n`,
    )
    .update(readOrNothing(() => readlinkSync('/proc/self/ns/pid')))
    .digest('hex')
    .slice(0, HOST_CHARACTERS);
  return ownHost;
}

/** Field 22 of /proc/<pid>/stat: clock ticks from boot to its start; null if it does not run. */
function startOf(pid: number): number | null {
  const stat = readOrNothing(() => readFileSync(`/proc/${pid}/stat`, 'latin1'));
  // The second field is the name in parentheses and may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (stat === '' || fields[0] === 'Z') return null;
  return Number(fields[19]);
}

function readOrNothing(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}
