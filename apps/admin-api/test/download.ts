import { get, request, type IncomingHttpHeaders } from 'node:http';

export interface Download {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** False if the connection ended before the answer did. */
  readonly isWhole: boolean;
}

/** Reads an answer as bytes, also one that is broken off. */
export function download(
  url: string,
  headers: Record<string, string> = {},
  method = 'GET',
): Promise<Download> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, agent: false }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('error', () => undefined);
      response.on('close', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(parts),
          isWhole: response.complete,
        }),
      );
    });
    sent.on('error', reject);
    sent.end();
  });
}

/** Begins a download and goes away after its first bytes. */
export function leaveEarly(url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = get(url, { agent: false }, (response) => {
      response.on('error', () => undefined);
      response.once('data', () => {
        sent.destroy();
        resolve();
      });
    });
    sent.on('error', reject);
  });
}
