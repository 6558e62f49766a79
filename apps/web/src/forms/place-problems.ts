import type { Problem } from '@periodic-backup/contracts/http';

export interface PlacedProblems {
  /** Problems with a field of the form to stand at. */
  readonly atFields: readonly { readonly name: string; readonly message: string }[];
  /** All else, for the top of the form; null: nothing is left. */
  readonly above: string | null;
}

/**
 * Puts what the API says at the fields it is about. A problem deeper than a field (`schedule.cron` where the form has
 * `schedule`) goes to the nearest field above it.
 */
export function placeProblems(problem: Problem, fields: readonly string[]): PlacedProblems {
  const known = new Set(fields);
  const atFields: { name: string; message: string }[] = [];
  const homeless: string[] = [];
  for (const { path, message } of problem.errors ?? []) {
    const name = nearest(path, known);
    if (name === null) homeless.push(path === '' ? message : `${path} ${message}`);
    else atFields.push({ name, message: sentence(message) });
  }
  const all = (problem.errors ?? []).length;
  if (all > 0 && homeless.length === 0) return { atFields, above: null };
  return {
    atFields,
    above: homeless.length > 0 ? `${problem.detail} ${homeless.join('; ')}` : problem.detail,
  };
}

function nearest(path: string, known: ReadonlySet<string>): string | null {
  for (let part = path; part !== ''; part = part.slice(0, Math.max(0, part.lastIndexOf('.'))))
    if (known.has(part)) return part;
  return null;
}

/** `must be an absolute path` → `Must be an absolute path.` */
export function sentence(message: string): string {
  const words = message.charAt(0).toUpperCase() + message.slice(1);
  return /[.!?]$/.test(words) ? words : `${words}.`;
}
