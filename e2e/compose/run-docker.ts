import { spawn } from 'node:child_process';

/** A docker command ended with an error; the message holds the command and what it said. */
export class DockerError extends Error {
  override readonly name = 'DockerError';
}

/** Runs `docker …`; resolves with its standard output. @throws DockerError */
export function runDocker(args: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn('docker', args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let complaints = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(output);
      else
        reject(new DockerError(`docker ${args.join(' ')} ended with ${code}:\n${complaints.slice(-4000)}`));
    });
  });
}
