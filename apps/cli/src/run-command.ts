import { ApiClient, ApiError, ApiUnreachableError } from '@periodic-backup/api-client';
import { CommanderError, type Command } from 'commander';
import { Prompter } from './access/prompter.js';
import type { CommandAction } from './command-context.js';
import { trustCertificates } from './credentials/trust-certificates.js';
import { chooseApi, type ApiOptions } from './credentials/choose-api.js';
import { CredentialStore } from './credentials/credential-store.js';
import { CommandError, EXIT, type ExitCode } from './exit-codes.js';
import { createProgram } from './program.js';

export interface Streams {
  readonly in: NodeJS.ReadStream;
  readonly out: NodeJS.WriteStream;
  readonly err: NodeJS.WriteStream;
}

/** The request itself was at fault; the others are the state of things. */
const WRONG_REQUEST = new Set([400, 401, 403, 404, 422]);

interface GlobalOptions extends ApiOptions {
  readonly json: boolean;
  readonly caFile?: string;
}

/** Runs one command line; resolves with its exit code. Never throws. */
export async function runCommand(
  args: readonly string[],
  { in: input, out, err }: Streams,
  signal: AbortSignal,
): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.ok;
  const perform = async (action: CommandAction): Promise<void> => {
    const { json, caFile, ...options } = program.opts<GlobalOptions>();
    const credentials = CredentialStore.ofUser(process.env);
    const { url, token } = chooseApi(options, credentials, process.env);
    if (caFile !== undefined) trustCertificates(caFile);
    const api = new ApiClient(url, token);
    exitCode = await action({
      api,
      credentials,
      prompter: new Prompter(input, err, signal),
      json,
      out,
      err,
      signal,
    });
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
    const hint = error.status === 401 ? ' Here: pbk login, or --token-file FILE.' : '';
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
