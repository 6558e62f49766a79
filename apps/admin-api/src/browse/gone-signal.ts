import type { ServerResponse } from 'node:http';

/** What of Fastify's reply is needed to know whether someone still waits for it. */
export interface RawReply {
  readonly raw: ServerResponse;
}

/** Raised when the client goes away before its answer was complete. */
export function goneSignal({ raw }: RawReply): AbortSignal {
  const controller = new AbortController();
  raw.once('close', () => {
    if (!raw.writableFinished) controller.abort();
  });
  if (raw.destroyed) controller.abort();
  return controller.signal;
}
