/** What a command's exit tells a script. Documented in `pbk --help`. */
export const EXIT = {
  ok: 0,
  /** The command, or the run it waited for, failed. */
  failed: 1,
  /** It cannot be carried out as it was written. */
  badInput: 2,
  /** Done, but some files could not be read or written. */
  partial: 3,
  /** Nothing answers at the API's address. */
  unreachable: 4,
  /** Something is not as safe as it should be: a plan's health, damage in a vault. */
  unsafe: 5,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The command ends with this code, and one sentence per line of what is wrong and what to do. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  constructor(
    message: string,
    readonly exitCode: ExitCode = EXIT.badInput,
  ) {
    super(message);
  }
}
