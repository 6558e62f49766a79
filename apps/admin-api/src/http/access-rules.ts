import { createHash, timingSafeEqual } from 'node:crypto';
import { isLoopback } from '../config.js';

export interface RequestFacts {
  readonly url: string;
  readonly host: string | undefined;
  readonly origin: string | undefined;
  readonly authorization: string | undefined;
  /** The route shows nobody's data: the files of the console. */
  readonly openRoute: boolean;
}

export interface Refusal {
  readonly status: 401 | 403;
  readonly detail: string;
}

const OPEN_PATHS = new Set(['/livez', '/readyz', '/metrics']);

/**
 * Who may talk to the API. With a token: whoever brings it (browsers never add it by themselves, so no foreign page
 * can). Without: only this machine, and no web page of others: a page on a name that was re-bound to 127.0.0.1 shows
 * its own name in `Host`, one that posts across origins shows itself in `Origin`.
 */
export function refusalOf(request: RequestFacts, token: string | undefined): Refusal | null {
  if (token !== undefined) {
    // What is open is named, not what is closed: the router knows more spellings of a path than could be listed.
    if (request.openRoute || OPEN_PATHS.has(request.url) || bringsToken(request.authorization, token))
      return null;
    return { status: 401, detail: 'This API needs the header "Authorization: Bearer <API_TOKEN>".' };
  }
  const hostname = hostnameOf(request.host);
  if (hostname === null || !isLoopback(hostname))
    return {
      status: 403,
      detail: `Without API_TOKEN the API answers only to localhost, not to "${request.host ?? ''}".`,
    };
  if (request.origin !== undefined && !isSameOrigin(request.origin, request.host))
    return {
      status: 403,
      detail: `Pages of "${request.origin}" may not use this API: set API_TOKEN and send it.`,
    };
  return null;
}

/** Digests are compared, so that neither content nor length shows in the time it takes. */
function bringsToken(authorization: string | undefined, token: string): boolean {
  const given = /^Bearer +(\S+)\s*$/i.exec(authorization ?? '')?.[1] ?? '';
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(token));
}

function hostnameOf(host: string | undefined): string | null {
  if (host === undefined || !/^(\[[0-9a-f:.]+\]|[^:/@?#\s]+)(:\d+)?$/i.test(host)) return null;
  return host.replace(/:\d+$/, '').toLowerCase();
}

function isSameOrigin(origin: string, host: string | undefined): boolean {
  const url = URL.parse(origin);
  return url !== null && url.host === URL.parse(`${url.protocol}//${host ?? ''}`)?.host;
}
