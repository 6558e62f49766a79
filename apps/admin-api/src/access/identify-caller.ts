import { Inject, Injectable } from '@nestjs/common';
import { Right, rightsOf, type Role } from '@periodic-backup/contracts';
import {
  findApiToken,
  noteTokenUse,
  useSession,
  usersExist,
  type ApiTokenRow,
  type Ledger,
  type OwnedToken,
  type UserRow,
} from '@periodic-backup/ledger';
import { AuditLog } from '../audit/audit-log.js';
import { LEDGER } from '../connections/tokens.js';
import { strangerReason } from '../http/access-rules.js';
import { addressOf, originOf, type ArrivedRequest } from '../http/arrived-request.js';
import { ProblemError } from '../http/problem.js';
import { ACCESS_SETTINGS, type AccessSettings } from './access-settings.js';
import { bearerOf, digestOf, isSameSecret, parseApiToken } from './bearer-token.js';
import type { Caller } from './caller.js';
import { sessionHash, sessionIdOf } from './session-cookie.js';

const ALL_RIGHTS: ReadonlySet<Right> = new Set(Right.options);
const NEITHER = { sessionHash: null, tokenId: null } as const;

/** Finds out who asks: by a token, by a session's cookie, or because only this machine can ask at all. */
@Injectable()
export class CallerIdentifier {
  readonly #configured: readonly { readonly name: string; readonly digest: string }[];

  constructor(
    @Inject(LEDGER) private readonly ledger: Ledger,
    @Inject(ACCESS_SETTINGS) private readonly settings: AccessSettings,
    private readonly audit: AuditLog,
  ) {
    const { apiToken, serviceToken } = settings;
    this.#configured = [
      { name: 'API_TOKEN', token: apiToken },
      { name: 'service token', token: serviceToken },
    ].flatMap(({ name, token }) => (token === undefined ? [] : [{ name, digest: digestOf(token) }]));
  }

  /** @throws ProblemError 401 with what is missing, 403 for somebody who is not at this machine */
  async identify(request: ArrivedRequest): Promise<Caller> {
    const { authorization } = request.headers;
    if (authorization !== undefined) return this.#byToken(bearerOf(authorization), request);
    const id = sessionIdOf(request);
    const caller = id === null ? null : await this.#bySession(sessionHash(id), request);
    return caller ?? this.#withoutCredentials(request, id !== null);
  }

  /** Without users nothing is shown under names that others bound to this machine. @throws ProblemError 403 */
  async refuseStrangers(request: ArrivedRequest): Promise<void> {
    const reason = strangerReason(originOf(request));
    if (reason !== null && !(await this.#isClosed())) throw new ProblemError(403, reason);
  }

  async #isClosed(): Promise<boolean> {
    const { apiToken, onlyThisMachine } = this.settings;
    return apiToken !== undefined || !onlyThisMachine || usersExist(this.ledger);
  }

  async #byToken(text: string, request: ArrivedRequest): Promise<Caller> {
    const address = addressOf(request);
    const configured = this.#configured.find(({ digest }) => isSameSecret(text, digest));
    if (configured) return this.#programOfInstallation(configured.name, address);
    const parsed = parseApiToken(text);
    const found = parsed && (await findApiToken(this.ledger, parsed.id));
    if (!parsed || !found) throw unknown('This API does not know the token that was sent');
    const reason = isSameSecret(parsed.secret, found.token.secretHash) ? invalidReason(found) : 'forged';
    if (reason !== null) {
      const actor = found.owner?.name ?? `token ${found.token.id}`;
      const via = `token ${found.token.id}`;
      await this.audit.refused(
        { actor, via, address },
        { action: 'token', object: `token/${found.token.id}`, detail: { reason } },
      );
      throw unknown(
        reason === 'forged'
          ? 'This API does not know the token that was sent'
          : `The token "${found.token.name}" ${reason}`,
      );
    }
    await noteTokenUse(this.ledger, found.token, new Date(), address);
    return ofToken(found.token, found.owner, address);
  }

  async #bySession(hash: string, request: ArrivedRequest): Promise<Caller | null> {
    const user = await useSession(this.ledger, hash, {
      now: new Date(),
      idleMs: this.settings.sessionIdleMs,
    });
    if (!user) return null;
    const rights = new Set(rightsOf(user.role, user.granted));
    return {
      ...{ actor: user.name, via: 'session', address: addressOf(request) },
      ...{ user: { id: user.id, name: user.name }, role: user.role, rights, planIds: null },
      ...{ loginNeeded: true, sessionHash: hash, tokenId: null },
    };
  }

  async #withoutCredentials(request: ArrivedRequest, hadSession: boolean): Promise<Caller> {
    if (await this.#isClosed()) throw unknown(hadSession ? 'The session is over' : 'Nobody is logged in');
    const reason = strangerReason(originOf(request));
    if (reason !== null) throw new ProblemError(403, reason);
    return {
      ...{ actor: 'this machine', via: 'this machine', address: addressOf(request) },
      ...{ user: null, role: 'admin', rights: ALL_RIGHTS, planIds: null, loginNeeded: false, ...NEITHER },
    };
  }

  #programOfInstallation(name: string, address: string): Caller {
    return {
      ...{ actor: name, via: name, address },
      ...{ user: null, role: 'admin', rights: ALL_RIGHTS, planIds: null, loginNeeded: true, ...NEITHER },
    };
  }
}

function ofToken(token: ApiTokenRow, owner: UserRow | null, address: string): Caller {
  const via = `token ${token.id}`;
  const own = rightsOf(token.role, token.granted);
  const most = owner && new Set(rightsOf(owner.role, owner.granted));
  return {
    ...{ actor: owner?.name ?? via, via, address },
    user: owner && { id: owner.id, name: owner.name },
    role: owner ? lesser(token.role, owner.role) : token.role,
    rights: new Set(own.filter((right) => most === null || most.has(right))),
    planIds: token.planIds && new Set(token.planIds),
    ...{ loginNeeded: true, sessionHash: null, tokenId: token.id },
  };
}

function lesser(one: Role, other: Role): Role {
  const order: readonly Role[] = ['viewer', 'operator', 'admin'];
  return order.indexOf(one) < order.indexOf(other) ? one : other;
}

/** Why a genuine token is worth nothing any more, or null. */
function invalidReason({ token, owner }: OwnedToken): string | null {
  if (token.revokedAt !== null) return 'was revoked';
  if (token.expiresAt.getTime() <= Date.now()) return `has expired on ${token.expiresAt.toISOString()}`;
  if (token.userId !== null && (owner === null || owner.removedAt !== null))
    return 'belongs to a user who was removed';
  return null;
}

function unknown(what: string): ProblemError {
  return new ProblemError(
    401,
    `${what}: log in, or send a token in the header "Authorization: Bearer …" (API_TOKEN, or one of pbk tokens create).`,
    { headers: { 'www-authenticate': 'Bearer realm="periodic-backup"' } },
  );
}
