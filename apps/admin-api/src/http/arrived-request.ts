import type { IncomingHttpHeaders } from 'node:http';
import type { RequestOrigin } from './access-rules.js';

/** What of Fastify's request says who asks, whence and for what. */
export interface ArrivedRequest {
  readonly method: string;
  /** The client's; through proxies that TRUST_PROXY names, the one they say. */
  readonly ip: string;
  readonly host: string;
  readonly protocol: string;
  readonly headers: IncomingHttpHeaders;
  readonly params: unknown;
  readonly query: unknown;
  readonly routeOptions: {
    readonly url?: string | undefined;
    readonly config: { readonly console?: 'file' | 'page' };
  };
}

export function originOf({ host, headers }: ArrivedRequest): RequestOrigin {
  const site = headers['sec-fetch-site'];
  return {
    host: host === '' ? undefined : host,
    origin: headers.origin,
    fetchSite: typeof site === 'string' ? site : undefined,
    forwarded: FORWARDING.some((name) => headers[name] !== undefined),
  };
}
const FORWARDING = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip'];

/** True where nobody between client and API can listen, as far as the API knows. */
export function isSecure({ protocol }: ArrivedRequest): boolean {
  return protocol === 'https';
}

/** Of the client, in one spelling. */
export function addressOf({ ip }: ArrivedRequest): string {
  return ip.replace(/^::ffff:(?=\d+\.)/, '');
}

/** Methods that by their definition change nothing. */
export function isSafe({ method }: ArrivedRequest): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS';
}
