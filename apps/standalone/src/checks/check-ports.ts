import { once } from 'node:events';
import { createServer } from 'node:net';
import { findListener } from './find-listener.js';

export interface WantedPort {
  readonly what: string;
  /** By which another port is chosen, and another host. */
  readonly flag: string;
  readonly hostFlag?: string;
  readonly host: string;
  readonly port: number;
}

/** One sentence per port that cannot be listened on, with the process that has it where that can be seen. */
export async function checkPorts(wanted: readonly WantedPort[]): Promise<string[]> {
  const problems = await Promise.all(wanted.map(portProblem));
  return problems.flatMap((problem) => problem?.sentence ?? []);
}

export interface PortProblem {
  readonly about: 'host' | 'port';
  readonly sentence: string;
}

/** Why a port cannot be listened on, or null. */
export async function portProblem({
  what,
  flag,
  hostFlag = '--host',
  host,
  port,
}: WantedPort): Promise<PortProblem | null> {
  const ofPort = (sentence: string): PortProblem => ({ about: 'port', sentence });
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, 'listening');
    return null;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') {
      const listener = findListener(port);
      const by = listener ? ` by ${listener.name} (pid ${listener.pid})` : '';
      return ofPort(
        `The ${what} cannot listen on ${host}:${port}, which is in use${by}: stop that program or choose another ${flag}.`,
      );
    }
    if (code === 'EACCES')
      return ofPort(`The ${what} may not listen on port ${port}: choose a ${flag} above 1023.`);
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN')
      return {
        about: 'host',
        sentence: `The ${what} cannot listen on ${host}, which is not an address of this machine: choose another ${hostFlag}.`,
      };
    return ofPort(`The ${what} cannot listen on ${host}:${port} (${message}): choose another ${flag}.`);
  } finally {
    server.close();
  }
}
