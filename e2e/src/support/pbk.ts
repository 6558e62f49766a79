import { spawn } from 'node:child_process';
import { resolve } from 'node:path';

const CLIENT = resolve(import.meta.dirname, '../../../apps/cli/dist/bundle.js');
const DEADLINE_MS = 180_000;

export interface PbkEnd {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the command-line client as a person would; `api` is the address of the admin API, null for none. */
export function pbk(api: string | null, ...args: string[]): Promise<PbkEnd> {
  return new Promise((done, failed) => {
    const { PBK_API: _api, ...env } = process.env;
    const child = spawn(process.execPath, [CLIENT, ...args], {
      env: api === null ? env : { ...env, PBK_API: api },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: DEADLINE_MS,
      killSignal: 'SIGKILL',
    });
    const [out, err]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.once('error', failed);
    child.once('close', (code) =>
      done({ exitCode: code ?? -1, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString() }),
    );
  });
}
