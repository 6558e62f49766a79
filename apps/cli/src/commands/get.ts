import { createWriteStream, existsSync, renameSync, rmSync } from 'node:fs';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { ApiError } from '@periodic-backup/api-client';
import { formatBytes } from '@periodic-backup/terminal';
import type { CommandContext } from '../command-context.js';
import { CommandError, EXIT, type ExitCode } from '../exit-codes.js';
import { findSnapshot } from '../naming/find-snapshot.js';
import { normalised, pathQuery } from '../naming/path-in-snapshot.js';

export interface GetOptions {
  /** File to write; `-` for standard output. Left out: the entry's own name here. */
  readonly output?: string;
  readonly format?: 'tar' | 'zip';
}

/** `pbk get SNAPSHOT PATH`: one file, or a directory as an archive. Nothing appears under its name before it is whole. */
export async function download(
  context: CommandContext,
  snapshot: string,
  path: string,
  { output, format }: GetOptions,
): Promise<ExitCode> {
  const found = await findSnapshot(context.api, snapshot);
  const query = [pathQuery(path), format ? `format=${format}` : ''].filter(Boolean).join('&');
  const response = await context.api
    .download(`/snapshots/${found.id}/content?${query}`)
    .catch((error: unknown) => {
      // Of the snapshot, not of the request: damaged, unreadable when it was backed up, or no file at all.
      if (error instanceof ApiError && error.status === 422)
        throw new CommandError(error.message, EXIT.failed);
      throw error;
    });
  const body = Readable.fromWeb(response.body as ReadableStream<Uint8Array>);
  if (output === '-') {
    await pipeline(body, context.out, { end: false });
    return EXIT.ok;
  }
  const target = output ?? nameFor(response, path, found.snapshot);
  if (existsSync(target))
    throw new CommandError(`${target} exists already: name another with --output, or remove it first.`);
  const partial = `${target}.part-${process.pid}`;
  try {
    await pipeline(body, createWriteStream(partial, { flags: 'wx' }), { signal: context.signal });
    renameSync(partial, target);
  } catch (error) {
    rmSync(partial, { force: true });
    throw new CommandError(
      `The download of ${path || 'the snapshot'} ended too early (${(error as Error).message}); nothing was kept. ` +
        'If it happens again, verify the snapshot: pbk verify ' +
        found.id,
      EXIT.failed,
    );
  }
  const bytes = Number(response.headers.get('content-length') ?? 0);
  context.err.write(`Wrote ${target}${bytes > 0 ? ` (${formatBytes(bytes)})` : ''}.\n`);
  return EXIT.ok;
}

function nameFor(response: Response, path: string, snapshot: string): string {
  const own = basename(normalised(path)) || snapshot;
  const type = response.headers.get('content-type') ?? '';
  const isArchive = /filename[^;]*\.(tar|zip)/i.exec(response.headers.get('content-disposition') ?? '')?.[1];
  if (!isArchive || own.toLowerCase().endsWith(`.${isArchive.toLowerCase()}`)) return own;
  return /tar|zip/.test(type) ? `${own}.${isArchive.toLowerCase()}` : own;
}
