import { createHash, randomBytes } from 'node:crypto';
import { isSecure, type ArrivedRequest } from '../http/arrived-request.js';

/** The prefix makes browsers refuse one that another host of the domain, or the same host without TLS, has set. */
const SECURE_NAME = '__Host-pbk_session';
const PLAIN_NAME = 'pbk_session';
const ID_FORM = /^[A-Za-z0-9_-]{43}$/;

/** Random, 256 bits. */
export const newSessionId = (): string => randomBytes(32).toString('base64url');

/** What of a session's id is stored. */
export const sessionHash = (id: string): string => createHash('sha256').update(id).digest('hex');

/** Null if the request brings none that could be one of ours. */
export function sessionIdOf(request: ArrivedRequest): string | null {
  const name = isSecure(request) ? SECURE_NAME : PLAIN_NAME;
  for (const pair of (request.headers.cookie ?? '').split(';')) {
    const [key, value = ''] = pair.trim().split('=');
    if (key === name) return ID_FORM.test(value) ? value : null;
  }
  return null;
}

/** The value of `Set-Cookie`. No script reads it, and no page of others makes a browser send it. */
export function sessionCookie(request: ArrivedRequest, id: string, maxAgeSeconds: number): string {
  const [name, secure] = isSecure(request) ? [SECURE_NAME, '; Secure'] : [PLAIN_NAME, ''];
  return `${name}=${id}; Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Strict${secure}`;
}

/** Has the browser forget it. */
export const noSessionCookie = (request: ArrivedRequest): string => sessionCookie(request, '', 0);
