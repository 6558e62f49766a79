/** What modules inject by name, because it has no class of its own. */
export const LEDGER = Symbol('Ledger');
export const LEDGER_CONNECTION = Symbol('LedgerConnection');
export const REDIS = Symbol('Redis for commands, fails at once while it is away');
export const LOGGER = Symbol('Logger');
export const METRICS = Symbol('Registry');
