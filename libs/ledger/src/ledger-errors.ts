/** PostgreSQL cannot be reached or refuses this user; `message` names the address and the remedy. */
export class LedgerUnreachableError extends Error {
  override readonly name = 'LedgerUnreachableError';
  readonly retryable = true;
}

/** The cursor did not come from an earlier page of the same list. */
export class CursorError extends Error {
  override readonly name = 'CursorError';
  readonly retryable = false;
}

/** Names are folders of the vault for ever: another plan of the agent, perhaps a deleted one, bears this one. */
export class PlanNameTakenError extends Error {
  override readonly name = 'PlanNameTakenError';
  readonly retryable = false;
  constructor(
    readonly planName: string,
    readonly otherPlanId: string,
    readonly otherIsDeleted: boolean,
  ) {
    super(`The name "${planName}" belongs to the ${otherIsDeleted ? 'deleted ' : ''}plan ${otherPlanId}.`);
  }
}

/** Names are told apart by people: another thing of the kind bears this one. */
export class NameTakenError extends Error {
  override readonly name = 'NameTakenError';
  readonly retryable = false;
  constructor(
    readonly what: string,
    readonly takenName: string,
  ) {
    super(`There is ${/^[aeiou]/.test(what) ? 'an' : 'a'} ${what} "${takenName}" already.`);
  }
}

const AWAY_CODES = new Set([
  // Node
  ...['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN', 'EPIPE', 'EHOSTUNREACH', 'ENOENT'],
  // PostgreSQL: shutting down, crashed, starting, too many connections
  ...['57P01', '57P02', '57P03', '53300'],
]);
const AWAY_MESSAGES =
  /^Connection terminated|timeout exceeded when trying to connect|^Client has encountered/;

/** True if the database did not take the query: the same query may well succeed later. */
export function ledgerIsAway(error: unknown): boolean {
  return causesOf(error).some(
    ({ code, message }) =>
      (typeof code === 'string' && (AWAY_CODES.has(code) || code.startsWith('08'))) ||
      (typeof message === 'string' && AWAY_MESSAGES.test(message)),
  );
}

/** True if the unique index `constraint` refused a row. */
export function violatesUnique(error: unknown, constraint: string): boolean {
  return causesOf(error).some((cause) => cause.code === '23505' && cause.constraint === constraint);
}

interface ErrorLike {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly constraint?: unknown;
  readonly cause?: unknown;
  readonly errors?: unknown;
}

/** The error and all it came from: drizzle wraps what pg throws, Node joins the failures of several addresses. */
function causesOf(error: unknown): ErrorLike[] {
  if (typeof error !== 'object' || error === null) return [];
  const like = error as ErrorLike;
  const joined = Array.isArray(like.errors) ? like.errors : [];
  return [like, ...joined.flatMap(causesOf), ...causesOf(like.cause)];
}
