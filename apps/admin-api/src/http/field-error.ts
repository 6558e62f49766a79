import type { FieldError } from './problem.js';

/** What a schema finds wrong, at its field, in the words of a refusal. */
export function fieldErrorOf(path: readonly PropertyKey[], message: string): FieldError {
  return {
    path: path.map(String).join('.'),
    message: message.endsWith('received undefined') ? 'is missing' : message,
  };
}
