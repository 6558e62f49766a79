import { readFileSync, readdirSync, readlinkSync } from 'node:fs';

const LISTENING = '0A'; // TCP_LISTEN of Linux's include/net/tcp_states.h

/** The process that listens on a TCP port, null where the system does not say (not Linux, another user's). */
export function findListener(port: number): { pid: number; name: string } | null {
  const sockets = new Set(
    ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) => listeningInodes(table, port)),
  );
  if (sockets.size === 0) return null;
  for (const pid of list('/proc').filter((name) => /^\d+$/.test(name)))
    for (const descriptor of list(`/proc/${pid}/fd`)) {
      const inode = /^socket:\[(\d+)\]$/.exec(link(`/proc/${pid}/fd/${descriptor}`))?.[1];
      if (inode && sockets.has(inode))
        return { pid: Number(pid), name: read(`/proc/${pid}/comm`).trim() || 'a program' };
    }
  return null;
}

function listeningInodes(table: string, port: number): string[] {
  return read(table)
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((cells) => cells[3] === LISTENING && parseInt(cells[1]?.split(':')[1] ?? '', 16) === port)
    .map((cells) => cells[9] ?? '');
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function list(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

function link(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
