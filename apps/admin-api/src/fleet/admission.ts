import { createHash, createPublicKey, randomBytes, X509Certificate, type KeyObject } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { redisUserOf, type RedisMember } from '@periodic-backup/authority';
import {
  provesKey,
  type CredentialsAnswer,
  type CredentialsRequest,
  type JoinRequest,
  type MemberRedis,
} from '@periodic-backup/contracts';
import {
  admitMember,
  getMember,
  renewMember,
  revokedSerials,
  setRedisPasswordHash,
  upsertAgents,
  useInvitation,
  type InvitationRefusal,
  type Ledger,
} from '@periodic-backup/ledger';
import { hashOfToken, isDueForRenewal, keyIdOf, nameIn, withUser, withoutUser } from '@periodic-backup/trust';
import type { AdminApiConfig } from '../config.js';
import { LEDGER } from '../connections/tokens.js';
import { ProblemError } from '../http/problem.js';
import { FleetAuthority } from './fleet-authority.js';
import { ADMIN_API_CONFIG } from './invitation-desk.js';
import { RedisUsers } from './redis-users.js';
import { RevocationBoard } from './revocation-board.js';

const PASSWORD_BYTES = 32;
/** Clocks of machines differ; within that a signed request may be used again, for what its sender gets anyway. */
const SIGNATURE_LIFE_MS = 10 * 60_000;

const REFUSALS: Record<InvitationRefusal, string> = {
  unknown: 'This invitation is not known here: copy the whole line, or make a new one.',
  used: 'This invitation was used before: make a new one. If it was not you who used it, revoke that member.',
  expired: 'This invitation has expired (they last 15 minutes): make a new one.',
};

/** Gives machines what a member needs: at its invitation, and again and again as long as it is one. */
@Injectable()
export class Admission {
  constructor(
    @Inject(ADMIN_API_CONFIG) private readonly config: AdminApiConfig,
    @Inject(LEDGER) private readonly ledger: Ledger,
    private readonly authority: FleetAuthority,
    private readonly users: RedisUsers,
    private readonly revocations: RevocationBoard,
  ) {}

  /** Whoever brings an invitation and a key of its own is a member afterwards. @throws ProblemError 403 */
  async join({ token, role, publicKey, proof, hostname, version }: JoinRequest): Promise<CredentialsAnswer> {
    const key = readKey(publicKey);
    if (role === 'api' || !key || !provesKey('join', token, proof, key))
      throw new ProblemError(403, 'The request was not signed by the key that it shows.');
    const now = new Date();
    const used = await useInvitation(this.ledger, hashOfToken(token), role, now);
    if (typeof used === 'string') throw new ProblemError(403, REFUSALS[used]);
    return this.#admit({ role, id: used.memberId }, key, { hostname, version }, now);
  }

  /** What holds now for a member that shows its certificate and signs with its key. @throws ProblemError 403 */
  async credentials({ proof, ...asked }: CredentialsRequest): Promise<CredentialsAnswer> {
    const { certificate, at, redisAddress, hostname, version } = asked;
    const now = new Date();
    const shown = readCertificate(certificate);
    const name = shown && nameIn(shown);
    const { certificates } = this.authority;
    const isOurs = shown?.verify(new X509Certificate(this.authority.required.pem).publicKey) ?? false;
    if (!certificates || !shown || !name || name.role === 'api' || !isOurs)
      throw new ProblemError(403, 'The certificate was not made here: join with a new invitation.');
    if (
      !provesKey('credentials', asked, proof, shown.publicKey) ||
      Math.abs(now.getTime() - at) > SIGNATURE_LIFE_MS
    )
      throw new ProblemError(
        403,
        'The request was not signed by the key of the certificate just now: compare the clocks.',
      );
    const member: RedisMember = { role: name.role, id: name.id };
    const known = await getMember(this.ledger, member);
    // The ledger may be younger than the member: whom the authority vouches for is taken in again.
    if (!known && shown.validToDate > now)
      return this.#admit(member, shown.publicKey, { hostname, version }, now);
    const serials = await revokedSerials(this.ledger, now);
    if (
      !known ||
      known.revokedAt ||
      known.keyId !== keyIdOf(shown.publicKey) ||
      serials.includes(shown.serialNumber)
    )
      throw new ProblemError(
        403,
        `The ${name.role} "${name.id}" was revoked or replaced: join with a new invitation.`,
      );
    let pem = certificate;
    if (isDueForRenewal({ notBefore: shown.validFromDate, notAfter: shown.validToDate }, now)) {
      const issued = await certificates.issue({ name: member, publicKey: shown.publicKey });
      await renewMember(this.ledger, { ...member, hostname, version }, issued, now);
      pem = issued.pem;
    }
    const address = this.#redisAddress();
    const moved = known.redisPasswordHash === null || redisAddress !== address;
    return this.#answer(member, pem, moved ? await this.#newPassword(member) : null);
  }

  async #admit(
    member: RedisMember,
    key: KeyObject,
    about: { readonly hostname: string; readonly version: string },
    now: Date,
  ): Promise<CredentialsAnswer> {
    const certificate = await this.authority.required.issue({ name: member, publicKey: key });
    const publicKey = key.export({ type: 'spki', format: 'pem' }) as string;
    const password = randomBytes(PASSWORD_BYTES).toString('hex');
    const redisPasswordHash = sha256(password);
    const facts = { ...member, ...about, publicKey, keyId: keyIdOf(key), redisPasswordHash, certificate };
    await admitMember(this.ledger, facts, now);
    if (member.role === 'agent') await upsertAgents(this.ledger, [{ id: member.id, ...about, seenAt: now }]);
    // Whoever had the name before is cut off first.
    await this.users.dismiss(member).catch(() => undefined);
    await this.users.admit(member, redisPasswordHash).catch(() => undefined);
    await this.revocations.publish();
    return this.#answer(member, certificate.pem, password);
  }

  async #newPassword(member: RedisMember): Promise<string> {
    const password = randomBytes(PASSWORD_BYTES).toString('hex');
    await setRedisPasswordHash(this.ledger, member, sha256(password));
    await this.users.admit(member, sha256(password)).catch(() => undefined);
    return password;
  }

  #answer(member: RedisMember, certificate: string, password: string | null): CredentialsAnswer {
    const { pem: authority } = this.authority.required;
    const { ticketPublicKey } = this.authority;
    const redis = password === null ? null : this.#redis(member, password);
    return { ...member, certificate, authority, ticketPublicKey, redis };
  }

  #redis(member: RedisMember, password: string): MemberRedis {
    const url = withUser(this.#redisAddress(), redisUserOf(member), password);
    return { url, ca: url.startsWith('rediss') ? (this.config.REDIS_TLS_CA ?? null) : null };
  }

  #redisAddress(): string {
    return withoutUser(this.config.FLEET_REDIS_URL ?? this.config.REDIS_URL);
  }
}

function readKey(pem: string): KeyObject | null {
  try {
    const key = createPublicKey(pem);
    return key.asymmetricKeyDetails?.namedCurve === 'prime256v1' ? key : null;
  } catch {
    return null;
  }
}

function readCertificate(pem: string): X509Certificate | null {
  try {
    return new X509Certificate(pem);
  } catch {
    return null;
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
