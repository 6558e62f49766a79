/** A connection that has not shown a ticket yet. */
export interface Pending {
  readonly address: string;
  /** It had to make room. */
  drop(): void;
}

/** Bounds connections without a checked ticket, in all and per address; the oldest makes room. */
export class PendingConnections {
  readonly #oldestFirst = new Set<Pending>();

  constructor(
    private readonly maxInAll: number,
    private readonly maxPerAddress: number,
  ) {}

  get size(): number {
    return this.#oldestFirst.size;
  }

  add(connection: Pending): void {
    const sameAddress = [...this.#oldestFirst].filter(({ address }) => address === connection.address);
    if (sameAddress.length >= this.maxPerAddress) this.#drop(sameAddress[0]);
    else if (this.#oldestFirst.size >= this.maxInAll) this.#drop(this.#oldestFirst.values().next().value);
    this.#oldestFirst.add(connection);
  }

  remove(connection: Pending): void {
    this.#oldestFirst.delete(connection);
  }

  dropAll(): void {
    for (const connection of this.#oldestFirst) this.#drop(connection);
  }

  #drop(connection: Pending | undefined): void {
    if (!connection) return;
    this.#oldestFirst.delete(connection);
    connection.drop();
  }
}
