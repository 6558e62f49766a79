import type { ClientBase } from 'pg';

/** What is asked so often keeps its plan; what is asked once, or each time in other words, does not. */
const USES_BEFORE = 5;
const MAX_NAMES = 100;
const MAX_WATCHED = 1000;

interface Statement {
  readonly name?: string;
  readonly text: string;
}

/**
 * Names the statements that a process sends again and again: PostgreSQL parses and plans each once per connection, which
 * costs several times what running it does.
 */
export class StatementNames {
  readonly #names = new Map<string, string>();
  readonly #uses = new Map<string, number>();

  /** From now on for this connection. */
  attach(client: ClientBase): void {
    const send = client.query.bind(client) as (...query: unknown[]) => unknown;
    client.query = ((statement: unknown, ...rest: unknown[]) =>
      send(
        hasText(statement) && rest.length > 0 ? this.named(statement) : statement,
        ...rest,
      )) as typeof client.query;
  }

  /** The same statement, with a name if it has earned one. */
  named<T extends Statement>(statement: T): T {
    if (statement.name !== undefined) return statement;
    const name = this.#names.get(statement.text) ?? this.#earned(statement.text);
    return name === null ? statement : { ...statement, name };
  }

  #earned(text: string): string | null {
    if (this.#names.size >= MAX_NAMES) return null;
    const uses = (this.#uses.get(text) ?? 0) + 1;
    if (uses < USES_BEFORE) {
      if (this.#uses.size >= MAX_WATCHED) this.#uses.clear();
      this.#uses.set(text, uses);
      return null;
    }
    this.#uses.delete(text);
    const name = `often_${this.#names.size}`;
    this.#names.set(text, name);
    return name;
  }
}

function hasText(statement: unknown): statement is Statement {
  return typeof statement === 'object' && statement !== null && 'text' in statement;
}
