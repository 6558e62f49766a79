import { CredentialsAnswer, proveKey } from '@periodic-backup/contracts';
import type { CredentialsFolder } from './credentials-folder.js';
import { postToFleet } from './fleet-request.js';
import { withoutUser } from './redis-address.js';

/** A certificate is renewed when this part of its life is over. */
const RENEW_AFTER = 2 / 3;

export function isDueForRenewal(
  { notBefore, notAfter }: { readonly notBefore: Date; readonly notAfter: Date },
  now = new Date(),
): boolean {
  const life = notAfter.getTime() - notBefore.getTime();
  return now.getTime() >= notBefore.getTime() + life * RENEW_AFTER;
}

/**
 * The folder holds what the control plane says now: a new certificate if one was due, the current key of tickets, the
 * current address of Redis. The request is signed by this member's key, so that it also works after the certificate
 * has run out. True if something changed. @throws FleetError, CredentialsError
 */
export async function refreshCredentials(
  folder: CredentialsFolder,
  about: { readonly hostname: string; readonly version: string },
  now = new Date(),
): Promise<boolean> {
  const held = folder.load();
  if (held.fleet === null) return false;
  const { certificate, authority, ticketPublicKey, redis } = held;
  const redisAddress = redis && withoutUser(redis.url);
  const asked = { certificate, at: now.getTime(), redisAddress, ...about };
  const proof = proveKey('credentials', asked, held.privateKey);
  const answer = await postToFleet(
    held.fleet,
    '/credentials',
    { ...asked, proof },
    authority,
    CredentialsAnswer,
  );
  const given = { ...answer, redis: answer.redis ?? redis };
  const before = JSON.stringify([certificate, authority, ticketPublicKey, redis]);
  if (before === JSON.stringify([given.certificate, given.authority, given.ticketPublicKey, given.redis]))
    return false;
  folder.store(given, held.fleet);
  return true;
}
