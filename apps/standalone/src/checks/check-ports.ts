import { once } from 'node:events';
import { createServer } from 'node:net';
import { findListener } from './find-listener.js';

export interface WantedPort {
  readonly what: string;
  readonly flag: string;
  readonly host: string;
  readonly port: number;
}

/** One sentence per port that cannot be listened on, with the process that has it where that can be seen. */
export async function checkPorts(wanted: readonly WantedPort[]): Promise<string[]> {
  const answers = await Promise.all(wanted.map(portProblem));
  return answers.filter((answer) => answer !== null);
}

async function portProblem({ what, flag, host, port }: WantedPort): Promise<string | null> {
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
      return `The ${what} cannot listen on ${host}:${port}, which is in use${by}: stop that program or choose another ${flag}.`;
    }
    if (code === 'EACCES') return `The ${what} may not listen on port ${port}: choose a ${flag} above 1023.`;
    if (code === 'EADDRNOTAVAIL')
      return `The ${what} cannot listen on ${host}, which is not an address of this machine: choose another --host.`;
    return `The ${what} cannot listen on ${host}:${port} (${message}): choose another ${flag}.`;
  } finally {
    server.close();
  }
}
