import { Inject, Injectable } from '@nestjs/common';
import type { TokenInput, TokenMade, TokenView } from '@periodic-backup/contracts';
import {
  addApiToken,
  findApiToken,
  listApiTokens,
  revokeApiToken,
  type Ledger,
  type OwnedToken,
} from '@periodic-backup/ledger';
import { LEDGER } from '../connections/tokens.js';
import { ProblemError, notFound } from '../http/problem.js';
import { newApiToken } from './bearer-token.js';
import { needAllOf, type Caller } from './caller.js';

const DAY_MS = 86_400_000;

/** Makes and revokes tokens. Each belongs to the user who made it; one that no user made belongs to the installation. */
@Injectable()
export class TokenBook {
  constructor(@Inject(LEDGER) private readonly ledger: Ledger) {}

  /** One's own; an admin sees everybody's. */
  async list(caller: Caller, all: boolean): Promise<TokenView[]> {
    const userId = caller.rights.has('administer') ? undefined : this.#ownId(caller);
    return (await listApiTokens(this.ledger, { userId, all })).map(toTokenView);
  }

  /** @throws ProblemError 403 for more than the caller may */
  async make(caller: Caller, { expiresInDays, ...input }: TokenInput): Promise<TokenMade> {
    // A token that was stolen must not outlive itself.
    if (caller.tokenId !== null && !caller.rights.has('administer'))
      throw new ProblemError(403, 'A token makes no other: log in with name and password.');
    needAllOf(caller, input.role, input.granted, 'To make such a token');
    if (caller.planIds !== null && !input.planIds?.every((id) => caller.planIds?.has(id)))
      throw new ProblemError(403, 'A token that is limited to some plans makes none for others.');
    const { id, text, secretHash } = newApiToken(input.kind);
    const token = await addApiToken(this.ledger, {
      ...{ ...input, id, secretHash, userId: caller.user?.id ?? null },
      expiresAt: new Date(Date.now() + expiresInDays * DAY_MS),
    });
    const found = await findApiToken(this.ledger, id);
    return { ...toTokenView(found ?? { token, owner: null }), token: text };
  }

  /** What was revoked is worth nothing from now on. @throws ProblemError 404 */
  async revoke(caller: Caller, id: string): Promise<void> {
    const found = await findApiToken(this.ledger, id);
    const isOwn =
      found?.token.id === caller.tokenId || (caller.user !== null && found?.token.userId === caller.user.id);
    // Whose token it is, is nobody's business.
    if (!found || (!isOwn && !caller.rights.has('administer'))) throw notFound('token', id);
    await revokeApiToken(this.ledger, id);
  }

  #ownId({ user }: Caller): string {
    if (user === null) throw new ProblemError(403, 'Only users have tokens of their own.');
    return user.id;
  }
}

function toTokenView({ token, owner }: OwnedToken): TokenView {
  const { id, kind, name, role, granted, planIds, lastUsedFrom } = token;
  return {
    ...{ id, kind, name, role, granted, planIds, lastUsedFrom },
    userName: owner?.name ?? null,
    createdAt: token.createdAt.toISOString(),
    expiresAt: token.expiresAt.toISOString(),
    lastUsedAt: token.lastUsedAt?.toISOString() ?? null,
    revokedAt: token.revokedAt?.toISOString() ?? null,
  };
}
