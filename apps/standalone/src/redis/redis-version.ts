import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Users with selectors came with Redis 7; Valkey always had them. */
const FIRST_WITH_SELECTORS = 7;

/** Whether this program can keep users apart by key and command. False if it does not say its version. */
export async function knowsSelectors(program: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  try {
    const { stdout } = await promisify(execFile)(program, ['--version'], { env, timeout: 5000 });
    return Number(/ v=(\d+)\./.exec(stdout)?.[1] ?? 0) >= FIRST_WITH_SELECTORS;
  } catch {
    return false;
  }
}
