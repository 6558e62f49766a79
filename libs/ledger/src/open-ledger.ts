import type { PgDatabase } from 'drizzle-orm/pg-core';
import { drizzle, type NodePgQueryResultHKT } from 'drizzle-orm/node-postgres';
import pg from 'pg';
import { databaseTls, isCertificateError } from './database-tls.js';
import { LedgerUnreachableError, ledgerIsAway } from './ledger-errors.js';
import { migrateLedger } from './migrate-ledger.js';
import * as schema from './schema.js';
import { StatementNames } from './statement-names.js';

/** What every query takes: the database, or a transaction of it. */
export type Ledger = PgDatabase<NodePgQueryResultHKT, typeof schema>;

export interface LedgerConnection {
  readonly ledger: Ledger;
  /** One sentence on why queries would fail now, or null. */
  notReadyReason(): Promise<string | null>;
  /** Waits for running queries, then closes every connection. */
  close(): Promise<void>;
}

export interface OpenLedgerOptions {
  readonly maxConnections?: number;
  /** How long to wait for a PostgreSQL that is still starting. */
  readonly deadlineMs?: number;
  /** A query that takes longer is ended by the server. */
  readonly statementTimeoutMs?: number;
  /** For a process that asks the same few things all day: PostgreSQL keeps its plans for them, at some memory. */
  readonly keepsPlans?: boolean;
  /** Shown in `pg_stat_activity`. */
  readonly applicationName?: string;
  /** Private CA, PEM; given, the connection is always encrypted. */
  readonly tlsCa?: string | undefined;
  /** An idle connection was lost; the pool replaces it by itself. */
  readonly onConnectionLost?: (error: Error) => void;
}

/**
 * Connects and brings the tables up to this version; any number of processes may do so at once.
 * @throws LedgerUnreachableError – check DATABASE_URL and that PostgreSQL runs
 */
export async function openLedger(
  databaseUrl: string,
  options: OpenLedgerOptions = {},
): Promise<LedgerConnection> {
  const pool = new pg.Pool({
    ...databaseTls(databaseUrl, options.tlsCa),
    max: options.maxConnections ?? 10,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    statement_timeout: options.statementTimeoutMs ?? 30_000,
    application_name: options.applicationName ?? 'periodic-backup',
  });
  // Without a listener a lost idle connection would end the process.
  pool.on('error', (error) => options.onConnectionLost?.(error));
  // The same between two queries of a transaction; its next query fails, which is all one needs to know.
  pool.on('connect', (client) => client.on('error', () => undefined));
  if (options.keepsPlans) {
    const names = new StatementNames();
    pool.on('connect', (client) => names.attach(client));
  }
  try {
    await firstConnection(pool, databaseUrl, options.deadlineMs ?? 10_000);
    await migrateLedger(pool);
  } catch (error) {
    await pool.end();
    throw ledgerIsAway(error) ? unreachable(databaseUrl, error) : error;
  }
  return {
    ledger: drizzle(pool, { schema }),
    notReadyReason: async () => {
      try {
        await pool.query('select 1');
        return null;
      } catch (error) {
        return `PostgreSQL does not answer: ${reasonOf(error)}`;
      }
    },
    close: () => pool.end(),
  };
}

async function firstConnection(pool: pg.Pool, databaseUrl: string, deadlineMs: number): Promise<void> {
  const deadline = Date.now() + deadlineMs;
  for (;;) {
    try {
      (await pool.connect()).release();
      return;
    } catch (error) {
      if (!ledgerIsAway(error) || Date.now() >= deadline) throw unreachable(databaseUrl, error);
    }
    await new Promise<void>((resolve) => setTimeout(resolve, 200));
  }
}

function unreachable(databaseUrl: string, cause: unknown): LedgerUnreachableError {
  if (cause instanceof LedgerUnreachableError) return cause;
  const { hostname, port, pathname } = new URL(databaseUrl);
  return new LedgerUnreachableError(
    `The ledger (PostgreSQL at ${hostname}:${port || 5432}${pathname}) cannot be opened: ${reasonOf(cause)}. ` +
      (isCertificateError(cause)
        ? 'Name the CA that signed its certificate by DATABASE_CA_FILE, and the host as the certificate does.'
        : 'Check DATABASE_URL and that PostgreSQL runs there.'),
    { cause },
  );
}

/** Node joins the failures of several addresses into one error without a message. */
function reasonOf(error: unknown): string {
  const { errors, message } = error as { errors?: unknown; message?: string };
  return Array.isArray(errors) ? errors.map(reasonOf).join('; ') : (message ?? String(error));
}
