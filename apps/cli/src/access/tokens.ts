import { TokenMade, TokenView } from '@periodic-backup/contracts';
import { z } from 'zod';
import { answer, type CommandContext } from '../command-context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { findPlan } from '../naming/find-plan.js';
import { ageOf, localTime } from '../output/ages.js';
import { shown, table } from '../output/table.js';
import type { RightsOptions } from './users.js';

export interface TokenOptions extends RightsOptions {
  /** Names or ids. */
  readonly plan?: string[];
  readonly days: number;
}

/** `pbk tokens create NAME`: the token alone goes to standard output, where a script takes it. */
export async function createToken(
  context: CommandContext,
  name: string,
  { role, grant, plan, days }: TokenOptions,
): Promise<ExitCode> {
  const planIds = plan
    ? await Promise.all(plan.map(async (one) => (await findPlan(context.api, one)).id))
    : null;
  const made = await context.api.send(TokenMade, 'POST', '/tokens', {
    ...{ name, planIds, expiresInDays: days, role: role ?? 'viewer', granted: grant ?? [] },
  });
  context.err.write(`Token ${made.id} is good until ${localTime(made.expiresAt)}. It is shown this once:\n`);
  answer(context, made, () => made.token);
  return EXIT.ok;
}

/** `pbk tokens list`. */
export async function listTokens(
  context: CommandContext,
  { all }: { readonly all: boolean },
): Promise<ExitCode> {
  const page = z.object({ items: z.array(TokenView) });
  const { items } = await context.api.get(page, `/tokens?all=${all}`);
  answer(context, items, () => (items.length === 0 ? 'No token.' : tokenTable(items)));
  return EXIT.ok;
}

function tokenTable(tokens: readonly TokenView[]): string {
  return table(
    ['TOKEN', 'NAME', 'OF', 'ROLE', 'AND MAY', 'PLANS', 'EXPIRES', 'LAST USED', 'FROM'],
    tokens.map((token) => [
      token.id,
      shown(token.name),
      token.userName ?? 'the installation',
      token.role,
      token.granted.join(', '),
      token.planIds === null ? 'all' : String(token.planIds.length),
      token.revokedAt === null ? localTime(token.expiresAt) : `revoked ${ageOf(token.revokedAt)}`,
      ageOf(token.lastUsedAt),
      token.lastUsedFrom ?? '',
    ]),
  );
}

/** `pbk tokens revoke TOKEN`. */
export async function revokeToken(context: CommandContext, id: string): Promise<ExitCode> {
  await context.api.send(z.null(), 'DELETE', `/tokens/${encodeURIComponent(id)}`);
  answer(context, { revoked: id }, () => `Token ${id} is worth nothing any more.`);
  return EXIT.ok;
}
