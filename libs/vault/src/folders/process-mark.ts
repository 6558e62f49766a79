import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

const BOOT_CHARACTERS = 8;

/**
 * Names this process so that another one can tell whether it still runs: machine, its boot and process namespace, process
 * id, and the process's own start, because ids come back (in a container always as 1).
 */
export function processMark(): string {
  const { machine, boot } = here();
  return `${machine}-${boot}.${process.pid}.${startOf(process.pid) ?? 0}`;
}

/** A name for something made on the way, that tells who made it. */
export function markedName(kind: 'tmp' | 'new' | 'old' | 'lease'): string {
  return `.${kind}-${processMark()}-${randomBytes(6).toString('hex')}`;
}

/** The mark within a name of {@link markedName}, null if it is none. */
export function markOf(name: string): string | null {
  return /^\.(?:tmp|new|old|lease)-([0-9a-f]+-[0-9a-f]+\.\d+\.\d+)-[0-9a-f]+$/.exec(name)?.[1] ?? null;
}

/** Whether the process of a mark runs; `unknown` if it may live where this one cannot look. */
export function livenessOf(mark: string): 'alive' | 'dead' | 'unknown' {
  const [host = '', id = '', startedAt = ''] = mark.split('.');
  const { machine, boot, isSure, bootId } = here();
  const [theirMachine, theirBoot = ''] = host.split('-');
  if (theirMachine !== machine) return 'unknown';
  // The same machine before it was started again.
  if (isSure && theirBoot.slice(0, BOOT_CHARACTERS) !== bootId) return 'dead';
  if (theirBoot !== boot) return 'unknown';
  const pid = Number(id);
  if (process.platform === 'linux') return String(startOf(pid) ?? 0) === startedAt ? 'alive' : 'dead';
  try {
    process.kill(pid, 0);
    return 'alive';
  } catch {
    return 'dead';
  }
}

interface Host {
  readonly machine: string;
  /** Its boot, then the process namespace. */
  readonly boot: string;
  readonly bootId: string;
  /** True if no other machine has the same mark. */
  readonly isSure: boolean;
}

let host: Host | null = null;

function here(): Host {
  if (host !== null) return host;
  const machineId = readOrNothing(() => readFileSync('/etc/machine-id', 'utf8'));
  const bootId = short(readOrNothing(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')));
  const namespace = short(readOrNothing(() => readlinkSync('/proc/self/ns/pid')));
  host = {
    machine: short(`${hostname()}\n${machineId}`),
    boot: bootId + namespace,
    bootId,
    isSure: machineId !== '',
  };
  return host;
}

function short(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, BOOT_CHARACTERS);
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
