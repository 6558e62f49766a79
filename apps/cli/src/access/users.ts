import { UserView, type GrantedRight, type Role } from '@periodic-backup/contracts';
import { z } from 'zod';
import { answer, type CommandContext } from '../command-context.js';
import { CommandError, EXIT, type ExitCode } from '../exit-codes.js';
import { ageOf } from '../output/ages.js';
import { table } from '../output/table.js';

export interface RightsOptions {
  readonly role?: Role;
  /** Undefined: nobody said. */
  readonly grant?: GrantedRight[];
}

/** `pbk users list`. */
export async function listUsers(context: CommandContext): Promise<ExitCode> {
  const users = await allUsers(context);
  answer(context, users, () => (users.length === 0 ? NOBODY : userTable(users)));
  return EXIT.ok;
}

const NOBODY =
  'No user yet: whoever is at this machine may do everything. The first one, an admin, closes that: pbk users add NAME --role admin';

function userTable(users: readonly UserView[]): string {
  return table(
    ['NAME', 'ROLE', 'AND MAY', 'LAST LOGIN', 'BROWSERS'],
    users.map(({ name, role, granted, lastLoginAt, sessions }) => [
      name,
      role,
      granted.join(', '),
      ageOf(lastLoginAt),
      String(sessions),
    ]),
  );
}

/** `pbk users add NAME`: the password is asked for, never an argument. */
export async function addUser(
  context: CommandContext,
  name: string,
  { role, grant }: RightsOptions,
): Promise<ExitCode> {
  const password = await context.prompter.askNewSecret(`Password for ${name}: `);
  const user = await context.api.send(UserView, 'POST', '/users', {
    ...{ name, password, role: role ?? 'viewer' },
    ...(grant === undefined ? {} : { granted: grant }),
  });
  answer(context, user, () => `${user.name} is ${described(user)} now.`);
  return EXIT.ok;
}

/** `pbk users change NAME`: role and rights. */
export async function changeUser(
  context: CommandContext,
  name: string,
  { role, grant }: RightsOptions,
): Promise<ExitCode> {
  const change = {
    ...(role === undefined ? {} : { role }),
    ...(grant === undefined ? {} : { granted: grant }),
  };
  if (Object.keys(change).length === 0)
    throw new CommandError('Say what to change: --role, --grant or --grant none.');
  const { id } = await findUser(context, name);
  const user = await context.api.send(UserView, 'PATCH', `/users/${id}`, change);
  answer(context, user, () => `${user.name} is ${described(user)} now.`);
  return EXIT.ok;
}

/** `pbk users remove NAME`. */
export async function removeUser(context: CommandContext, name: string): Promise<ExitCode> {
  const { id } = await findUser(context, name);
  await context.api.send(z.null(), 'DELETE', `/users/${id}`);
  answer(context, { removed: name }, () => `${name} is out: sessions and tokens have ended.`);
  return EXIT.ok;
}

/** `pbk users passwd [NAME]`: of another as an admin, or at the machine itself; without a name one's own. */
export async function setPassword(context: CommandContext, name: string | undefined): Promise<ExitCode> {
  const { api, prompter } = context;
  if (name === undefined) {
    const currentPassword = await prompter.askSecret('Your password now: ');
    const newPassword = await prompter.askNewSecret('Your new password: ');
    await api.send(z.null(), 'PUT', '/me/password', { currentPassword, newPassword });
  } else {
    const { id } = await findUser(context, name);
    await api.send(UserView, 'PATCH', `/users/${id}`, {
      password: await prompter.askNewSecret(`New password for ${name}: `),
    });
  }
  answer(context, { changed: true }, () => 'The password is changed. Browsers and pbk have to log in again.');
  return EXIT.ok;
}

function described({ role, granted }: UserView): string {
  return `${role}${granted.length > 0 ? `, and may ${granted.join(' and ')}` : ''}`;
}

async function findUser(context: CommandContext, name: string): Promise<UserView> {
  const users = await allUsers(context);
  const user = users.find((one) => one.name === name.toLowerCase());
  if (!user)
    throw new CommandError(
      `There is no user "${name}". There are: ${users.map((one) => one.name).join(', ') || 'none'}.`,
    );
  return user;
}

async function allUsers({ api }: CommandContext): Promise<UserView[]> {
  return (await api.get(z.object({ items: z.array(UserView) }), '/users')).items;
}
