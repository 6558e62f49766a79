import { hostname } from 'node:os';
import { logInForToken, ApiClient, ApiError } from '@periodic-backup/api-client';
import { SessionRequest } from '@periodic-backup/contracts';
import { z } from 'zod';
import { answer, type CommandContext } from '../command-context.js';
import { CommandError, EXIT, type ExitCode } from '../exit-codes.js';
import { localTime } from '../output/ages.js';

/** `pbk login`: from now on this user's commands are those of the person who knows the password. */
export async function logIn(
  context: CommandContext,
  wanted: string | undefined,
  { days }: { readonly days: number },
): Promise<ExitCode> {
  const { api, credentials, prompter } = context;
  const name = wanted ?? (await prompter.ask(`Name at ${api.url}: `));
  const password = await prompter.askSecret('Password: ');
  const person = SessionRequest.safeParse({ name, password });
  if (!person.success) throw new CommandError('Name and password must not be empty.');
  const made = await logInForToken(api.url, person.data, {
    name: `pbk on ${hostname()}`.slice(0, 100),
    expiresInDays: days,
  });
  await forgetBefore(context);
  credentials.keep(api.url, { name: person.data.name, token: made.token });
  const { token: _token, ...shown } = made;
  answer(context, shown, () => `Logged in as ${person.data.name} until ${localTime(made.expiresAt)}.`);
  return EXIT.ok;
}

/** `pbk logout`: the token is worth nothing any more, and forgotten. */
export async function logOut(context: CommandContext): Promise<ExitCode> {
  const name = await forgetBefore(context);
  answer(context, { loggedOut: name }, () =>
    name === null ? 'Nobody was logged in.' : `Logged out ${name}.`,
  );
  return EXIT.ok;
}

/** Whoever was logged in here is not any more. One that was revoked elsewhere is only forgotten. */
async function forgetBefore({ api, credentials }: CommandContext): Promise<string | null> {
  const before = credentials.find(api.url);
  if (!before) return null;
  const id = before.token.split('_')[2] ?? '';
  await new ApiClient(api.url, before.token)
    .send(z.null(), 'DELETE', `/tokens/${id}`)
    .catch((error: unknown) => {
      if (!(error instanceof ApiError)) throw error;
    });
  credentials.forget(api.url);
  return before.name;
}
