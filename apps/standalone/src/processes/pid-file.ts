import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ProcessIdentity, commandLineOf, identityOf, isAlive, isSameProcess } from './process-identity.js';

const PidFile = ProcessIdentity.extend({
  /** Part of its command line that no other instance has. */
  marker: z.string(),
  stopSignal: z.enum(['SIGTERM', 'SIGINT']),
});

const POLL_MS = 20;

export function writePidFile(
  directory: string,
  name: string,
  pid: number,
  { marker, stopSignal }: { marker: string; stopSignal: 'SIGTERM' | 'SIGINT' },
): void {
  const content: z.infer<typeof PidFile> = { ...identityOf(pid), marker, stopSignal };
  writeFileSync(join(directory, name), JSON.stringify(content), { mode: 0o600 });
}

export function removePidFile(directory: string, name: string): void {
  rmSync(join(directory, name), { force: true });
}

/**
 * Stops what a killed launcher left running, and only that: a pid counts when its process started at the noted
 * moment and its command line has the marker. Resolves with the names of what had to be stopped.
 */
export async function stopOrphans(directory: string, deadlineMs: number): Promise<string[]> {
  const names = readdirSync(directory);
  const stopped = await Promise.all(
    names.map(async (name) => {
      const orphan = readPidFile(join(directory, name));
      const lives =
        orphan !== null && isSameProcess(orphan) && commandLineOf(orphan.pid).includes(orphan.marker);
      if (lives) await stopProcess(orphan.pid, orphan.stopSignal, deadlineMs);
      removePidFile(directory, name);
      return lives ? name : null;
    }),
  );
  return stopped.filter((name) => name !== null);
}

/** The process is gone: asked with `signal`, after `deadlineMs` killed with its whole group. */
export async function stopProcess(pid: number, signal: NodeJS.Signals, deadlineMs: number): Promise<void> {
  send(pid, signal);
  const deadline = performance.now() + deadlineMs;
  while (isAlive(pid)) {
    if (performance.now() > deadline) {
      send(-pid, 'SIGKILL');
      send(pid, 'SIGKILL');
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It is gone already.
  }
}

function readPidFile(file: string): z.infer<typeof PidFile> | null {
  try {
    return PidFile.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return null;
  }
}
