import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { startPostgres } from './start-postgres.js';
import type { TestServer } from './test-server.js';

/** An empty database that belongs to one test file. */
export interface TestDatabase {
  readonly url: string;
  /** Removes it, whoever is still connected. Safe to repeat. */
  stop(): Promise<void>;
}

let server: Promise<TestServer> | undefined;

/**
 * A new database on a PostgreSQL that all files of this test process share: making a server costs more than most files
 * do with it. It ends with the process. A file that kills its server or looks beyond its database starts its own.
 */
export async function createDatabase(): Promise<TestDatabase> {
  const shared = await (server ??= startPostgres({ endsWithProcess: true }));
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await execute(shared.url, `create database ${name}`);
  return {
    url: shared.url.replace(/[^/]*$/, name),
    stop: () => execute(shared.url, `drop database if exists ${name} with (force)`),
  };
}

async function execute(url: string, statement: string): Promise<void> {
  const client = new Client(url);
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
