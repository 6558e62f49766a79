import { inspect } from 'node:util';

/** The receiver cannot start; the message is one sentence with the remedy. */
export class StartError extends Error {
  override readonly name = 'StartError';

  /** All that is printed: a stack would bury the sentence, and the cause lies outside the program. */
  [inspect.custom](): string {
    return this.message;
  }
}
