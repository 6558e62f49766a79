import { isLoopback } from '../config.js';

/** What of a request says where it comes from. */
export interface RequestOrigin {
  /** As the client wrote it: the header `Host`, or what a trusted proxy says that it was. */
  readonly host: string | undefined;
  readonly origin: string | undefined;
  /** `Sec-Fetch-Site`: what the browser itself says of the page that asks. */
  readonly fetchSite: string | undefined;
  /** It came through somebody: it bears a header that only proxies add. */
  readonly forwarded: boolean;
}

/**
 * Why somebody without any credentials is not taken for the administrator of this machine, or null. Only this machine
 * may, and no web page of others: a page on a name that was re-bound to 127.0.0.1 shows its own name in `Host`, one that
 * posts across origins shows itself in `Origin`.
 */
export function strangerReason({ host, origin, forwarded }: RequestOrigin): string | null {
  const hostname = hostnameOf(host);
  if (hostname === null || !isLoopback(hostname))
    return `Without users the API answers only to localhost, not to "${host ?? ''}": add a user on its own machine (pbk users add).`;
  if (forwarded)
    return 'Without users the API does not answer through a proxy: add a user on its own machine (pbk users add).';
  if (origin !== undefined && !isSameOrigin(origin, host))
    return `Pages of "${origin}" may not use this API: give them a token of their own (pbk tokens create).`;
  return null;
}

/**
 * True if a page of this very API asks. Browsers say so by themselves with every request that changes something, and no
 * page can make them say otherwise.
 */
export function isOwnPage({ host, origin, fetchSite }: RequestOrigin): boolean {
  if (fetchSite !== undefined) return fetchSite === 'same-origin';
  return origin !== undefined && isSameOrigin(origin, host);
}

/** True if a browser says that a page of somebody else asks. */
export function isForeignPage(request: RequestOrigin): boolean {
  return (request.fetchSite !== undefined || request.origin !== undefined) && !isOwnPage(request);
}

function hostnameOf(host: string | undefined): string | null {
  if (host === undefined || !/^(\[[0-9a-f:.]+\]|[^:/@?#\s]+)(:\d+)?$/i.test(host)) return null;
  return host.replace(/:\d+$/, '').toLowerCase();
}

function isSameOrigin(origin: string, host: string | undefined): boolean {
  const url = URL.parse(origin);
  return url !== null && url.host === URL.parse(`${url.protocol}//${host ?? ''}`)?.host;
}
