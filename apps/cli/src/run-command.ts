import { readFileSync } from 'node:fs';
import { ApiClient, ApiError, ApiUnreachableError } from '@periodic-backup/api-client';
import { CommanderError, type Command } from 'commander';
import type { CommandAction } from './command-context.js';
import { CommandError, EXIT, type ExitCode } from './exit-codes.js';
import { createProgram } from './program.js';

export interface Streams {
  readonly out: NodeJS.WriteStream;
  readonly err: NodeJS.WriteStream;
}

/** The request itself was at fault; the others are the state of things. */
const WRONG_REQUEST = new Set([400, 401, 403, 404, 422]);

interface GlobalOptions {
  readonly api: string;
  readonly json: boolean;
  readonly token?: string;
  readonly tokenFile?: string;
}

/** Runs one command line; resolves with its exit code. Never throws. */
export async function runCommand(
  args: readonly string[],
  { out, err }: Streams,
  signal: AbortSignal,
): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.ok;
  const perform = async (action: CommandAction): Promise<void> => {
    const { api, json, ...secret } = program.opts<GlobalOptions>();
    if (!/^https?:\/\/[^/]/.test(api))
      throw new CommandError(`--api ${api}: must be a URL such as http://127.0.0.1:7300.`);
    const client = new ApiClient(api.replace(/\/+$/, ''), tokenOf(secret));
    exitCode = await action({ api: client, json, out, err, signal });
  };
  const program = createProgram(perform);
  forEachCommand(program, (one) =>
    one.exitOverride().configureOutput({
      writeOut: (text) => out.write(text),
      writeErr: (text) => err.write(text),
    }),
  );
  try {
    await program.parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (error) {
    return explain(error, err, signal);
  }
}

function tokenOf({ token, tokenFile }: Pick<GlobalOptions, 'token' | 'tokenFile'>): string | undefined {
  if (token !== undefined || tokenFile === undefined) return token;
  try {
    return readFileSync(tokenFile, 'utf8').trim();
  } catch (error) {
    throw new CommandError(`--token-file ${tokenFile} cannot be read: ${(error as Error).message}.`);
  }
}

function explain(error: unknown, err: NodeJS.WriteStream, signal: AbortSignal): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.badInput;
  if (error instanceof CommandError) {
    err.write(`${error.message}\n`);
    return error.exitCode;
  }
  if (error instanceof ApiUnreachableError) {
    err.write(`${error.message} Is it running? Another address goes with --api URL or PBK_API.\n`);
    return EXIT.unreachable;
  }
  if (error instanceof ApiError) {
    const hint = error.status === 401 ? ' Give it with --token or PBK_API_TOKEN.' : '';
    err.write(`${error.message}${hint}\n`);
    return WRONG_REQUEST.has(error.status) ? EXIT.badInput : EXIT.failed;
  }
  err.write(signal.aborted ? 'Stopped.\n' : `${error instanceof Error ? error.message : String(error)}\n`);
  return EXIT.failed;
}

function forEachCommand(command: Command, action: (one: Command) => void): void {
  action(command);
  for (const one of command.commands) forEachCommand(one, action);
}
