import type { ApiClient } from '@periodic-backup/api-client';
import type { Prompter } from './access/prompter.js';
import type { CredentialStore } from './credentials/credential-store.js';
import type { ExitCode } from './exit-codes.js';

/** What every command gets: where to ask, and where to write. */
export interface CommandContext {
  readonly api: ApiClient;
  /** What `pbk login` keeps. */
  readonly credentials: CredentialStore;
  /** Asks the person who typed the command. */
  readonly prompter: Prompter;
  /** Answers as JSON instead of words: one document, or one line per item where more may follow. */
  readonly json: boolean;
  readonly out: NodeJS.WriteStream;
  /** Progress and remarks: never mixed into what a program reads. */
  readonly err: NodeJS.WriteStream;
  /** Raised by Ctrl-C. */
  readonly signal: AbortSignal;
}

/** Does a command's work; resolves with its exit code. */
export type CommandAction = (context: CommandContext) => Promise<ExitCode>;

/** Writes a document for programs, or words for people. */
export function answer({ json, out }: CommandContext, document: unknown, words: () => string): void {
  out.write(json ? `${JSON.stringify(document, null, 2)}\n` : `${words()}\n`);
}
