import type { OutgoingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import type { Logger } from '@periodic-backup/platform';
import { SessionError } from '@periodic-backup/protocol';
import type { RawReply } from '../gone-signal.js';
import { readingProblem } from '../reading-problems.js';
import type { Lease } from '../reader-pool.js';
import { startingWith } from '../starting-with.js';

/** What of Fastify's reply sends a stream. */
export interface ContentReply extends RawReply {
  readonly request: { readonly method: string };
  code(status: number): ContentReply;
  headers(headers: OutgoingHttpHeaders): ContentReply;
  send(stream: Readable): unknown;
}

export interface Content {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  /** Null: headers only. */
  readonly bytes: AsyncGenerator<Buffer, void> | null;
}

/**
 * Sends what was read and ends the lease, whatever happens. What fails before its first bytes is a problem like any
 * other; what fails later breaks the connection off, so that no client takes it for whole. @throws ProblemError
 */
export async function sendContent(
  reply: ContentReply,
  { status, headers, bytes }: Content,
  lease: Lease,
  logger: Logger,
): Promise<void> {
  // These files come from machines of others: whatever a browser thinks they are, they run nothing here.
  const answer = reply.code(status).headers({ 'content-security-policy': 'sandbox', ...headers });
  if (bytes === null || reply.request.method === 'HEAD') {
    lease.end(true);
    answer.send(Readable.from([]));
    return;
  }
  let first: IteratorResult<Buffer, void>;
  try {
    first = await bytes.next();
  } catch (error) {
    lease.end(false);
    throw readingProblem(error);
  }
  const stream = Readable.from(startingWith(first, bytes), { objectMode: false });
  let isClean = false;
  stream.once('end', () => (isClean = true));
  stream.once('error', (error) => {
    if (error instanceof SessionError && error.code === 'CANCELLED') return;
    const { snapshot, planId } = lease.reading.snapshot;
    logger.error(
      { err: error, snapshot, planId },
      'a download was broken off: what it reads is not as it was backed up',
    );
  });
  stream.once('close', () => lease.end(isClean));
  answer.send(stream);
}
