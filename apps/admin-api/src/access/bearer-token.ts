import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { TokenKind } from '@periodic-backup/contracts';

const FORM = /^pbk_([a-z]{1,20})_([0-9a-f]{16})_([0-9a-f]{64})$/;

export interface ApiTokenText {
  readonly id: string;
  readonly secret: string;
}

/** A new token: its text, which nobody can read again, and what is stored of it. */
export function newApiToken(kind: TokenKind): { id: string; text: string; secretHash: string } {
  const id = randomBytes(8).toString('hex');
  const secret = randomBytes(32).toString('hex');
  return { id, text: `pbk_${kind}_${id}_${secret}`, secretHash: digestOf(secret) };
}

/** Null if it is none of ours. */
export function parseApiToken(text: string): ApiTokenText | null {
  const [, , id, secret] = FORM.exec(text) ?? [];
  return id !== undefined && secret !== undefined ? { id, secret } : null;
}

/** 256 random bits need no slow hash: nobody can try them out. */
export const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Digests are compared, so that neither content nor length shows in the time it takes. */
export function isSameSecret(given: string, digest: string): boolean {
  return timingSafeEqual(Buffer.from(digestOf(given), 'hex'), Buffer.from(digest, 'hex'));
}

/** What stands behind `Bearer`; an empty text for a header of another kind. */
export function bearerOf(authorization: string): string {
  return /^Bearer +(\S+)\s*$/i.exec(authorization)?.[1] ?? '';
}
