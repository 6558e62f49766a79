import type { Period } from '@periodic-backup/ledger';
import { ProblemError } from '../http/problem.js';

const DAY_MS = 86_400_000;
const MAX_DAYS = 3660;

/** The period asked for, up to now and 30 days long unless said. @throws ProblemError 400 */
export function periodOf(
  query: { readonly from?: string | undefined; readonly to?: string | undefined },
  now = new Date(),
): Period {
  const to = query.to === undefined ? now : new Date(query.to);
  const from = query.from === undefined ? new Date(to.getTime() - 30 * DAY_MS) : new Date(query.from);
  if (from >= to) throw misfit('must be before "to"');
  if (to.getTime() - from.getTime() > MAX_DAYS * DAY_MS)
    throw misfit(`must be at most ${MAX_DAYS} days before "to"`);
  return { from, to, now };
}

function misfit(message: string): ProblemError {
  return new ProblemError(400, 'The period does not fit: see errors.', {
    errors: [{ path: 'from', message }],
  });
}
