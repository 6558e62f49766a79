import type { Me, TokenInput, TokenMade, UserInput, UserView } from '@periodic-backup/contracts';
import type { z } from 'zod';
import type { Answer, TestApi } from './test-api.js';

export const PASSWORD = 'correct horse battery staple';

type Headers = Record<string, string>;

/** A browser in which somebody is logged in: what it sends with every request. */
export interface Browser {
  readonly cookie: string;
  readonly headers: Headers;
}

/** The cookie of an answer as a browser sends it back, and its attributes. */
export function cookieOf({ headers }: Answer): { pair: string; attributes: string[] } {
  const [pair = '', ...attributes] = String(headers['set-cookie']).split('; ');
  return { pair, attributes };
}

export async function addUser(
  api: TestApi,
  name: string,
  user: Partial<z.input<typeof UserInput>> = {},
  headers: Headers = {},
): Promise<UserView> {
  const body = { name, password: PASSWORD, role: 'admin', ...user };
  const answer = await api.call<UserView>('POST', '/api/v1/users', body, headers);
  if (answer.status !== 201) throw new Error(`POST /users answered ${JSON.stringify(answer.body)}`);
  return answer.body;
}

export function logIn(
  api: TestApi,
  name: string,
  password: string = PASSWORD,
  headers: Headers = {},
): Promise<Answer<Me>> {
  return api.call<Me>('POST', '/api/v1/session', { name, password }, { origin: api.url, ...headers });
}

export async function browserOf(api: TestApi, name: string, password: string = PASSWORD): Promise<Browser> {
  const answer = await logIn(api, name, password);
  if (answer.status !== 200) throw new Error(`POST /session answered ${JSON.stringify(answer.body)}`);
  const cookie = cookieOf(answer).pair;
  return { cookie, headers: { cookie, origin: api.url } };
}

export async function makeToken(
  api: TestApi,
  token: Partial<z.input<typeof TokenInput>>,
  headers: Headers,
): Promise<TokenMade & { headers: Headers }> {
  const answer = await api.call<TokenMade>(
    'POST',
    '/api/v1/tokens',
    { name: 'a program', ...token },
    headers,
  );
  if (answer.status !== 201) throw new Error(`POST /tokens answered ${JSON.stringify(answer.body)}`);
  return { ...answer.body, headers: { authorization: `Bearer ${answer.body.token}` } };
}
