import { spawn, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';

/** Runs a program in a process group of its own, out of reach of the terminal's Ctrl-C. Resolves once it has ended. */
export async function runToEnd(
  command: string,
  args: readonly string[],
  options: Pick<SpawnOptions, 'cwd' | 'env' | 'uid' | 'gid'>,
): Promise<{ succeeded: boolean; output: string }> {
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  try {
    const [code] = (await once(child, 'close')) as [number | null];
    return { succeeded: code === 0, output };
  } catch (error) {
    return { succeeded: false, output: (error as Error).message };
  }
}
