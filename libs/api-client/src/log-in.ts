import { GrantedRight, Me, TokenMade, type SessionRequest } from '@periodic-backup/contracts';
import { z } from 'zod';
import { ApiClient } from './api-client.js';
import { ApiError } from './api-errors.js';

const TIMEOUT_MS = 15_000;
const NOTHING = z.null();

/**
 * A token for this machine, which may what the user may: made within a session that lasts no longer than that takes.
 * @throws ApiError 401 for a wrong name or password, 429 after too many of them
 */
export async function logInForToken(
  url: string,
  person: SessionRequest,
  token: { readonly name: string; readonly expiresInDays: number },
): Promise<TokenMade> {
  // A browser says by itself that its page is of this origin; a program has to.
  const origin = new URL(url).origin;
  const opened = await new ApiClient(url).answer('/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin },
    body: JSON.stringify(person),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const cookie = opened.headers.getSetCookie()[0]?.split(';')[0];
  if (cookie === undefined) throw new ApiError('The API set no cookie at the login.', opened.status);
  const me = Me.parse(await opened.json());
  const session = new ApiClient(url, undefined, { cookie, origin });
  try {
    return await session.send(TokenMade, 'POST', '/tokens', {
      ...{ ...token, kind: 'cli', role: me.role },
      granted: GrantedRight.options.filter((right) => me.rights.includes(right)),
    });
  } finally {
    await session.send(NOTHING, 'DELETE', '/session').catch(() => undefined);
  }
}
