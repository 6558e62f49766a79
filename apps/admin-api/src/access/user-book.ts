import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import {
  GrantedRight,
  type Role,
  type UserInput,
  type UserPatch,
  type UserView,
} from '@periodic-backup/contracts';
import {
  FirstUserError,
  LastAdminError,
  NameTakenError,
  addUser,
  changeUser,
  listUsers,
  removeUser,
  type Ledger,
  type UserChange,
  type UserRow,
} from '@periodic-backup/ledger';
import { LEDGER } from '../connections/tokens.js';
import { ProblemError, notFound } from '../http/problem.js';
import { ACCESS_SETTINGS, type AccessSettings } from './access-settings.js';
import { needAllOf, type Caller } from './caller.js';
import { PasswordHasher } from './password-hash.js';

/** Lets people in and shows them out. Nobody gives, or takes from others, rights that they do not have themselves. */
@Injectable()
export class UserBook {
  constructor(
    @Inject(LEDGER) private readonly ledger: Ledger,
    @Inject(ACCESS_SETTINGS) private readonly settings: AccessSettings,
    private readonly hasher: PasswordHasher,
  ) {}

  async list(): Promise<UserView[]> {
    const rows = await listUsers(this.ledger, new Date(Date.now() - this.settings.sessionIdleMs));
    return rows.map((row) => toUserView(row, row.sessions));
  }

  /** @throws ProblemError 403, 409 for a name that is taken, 422 for a first user who is no admin */
  async add(caller: Caller, { password, granted, ...user }: UserInput): Promise<UserView> {
    const rights = granted ?? defaultGrants(user.role);
    needAllOf(caller, user.role, rights, `To make "${user.name}" ${described(user.role, rights)}`);
    const passwordHash = await this.hasher.hash(password);
    const row = await asProblems(
      addUser(this.ledger, { id: randomUUID(), ...user, granted: rights, passwordHash }),
    );
    return toUserView(row, 0);
  }

  /** @throws ProblemError 403, 404, 409 */
  async change(caller: Caller, id: string, { password, role, granted }: UserPatch): Promise<UserView> {
    const change: UserChange = {
      ...(role === undefined ? {} : { role }),
      ...(granted === undefined ? {} : { granted }),
      ...(password === undefined ? {} : { passwordHash: await this.hasher.hash(password) }),
    };
    const row = await asProblems(
      changeUser(this.ledger, id, (current) => {
        needAllOf(caller, current.role, current.granted, `To change "${current.name}"`);
        const after = { ...current, ...change };
        needAllOf(
          caller,
          after.role,
          after.granted,
          `To make "${current.name}" ${described(after.role, after.granted)}`,
        );
        return change;
      }),
    );
    if (!row) throw notFound('user', id);
    return (await this.list()).find((user) => user.id === id) ?? toUserView(row, 0);
  }

  /** The name of who is out. @throws ProblemError 403, 404, 409 for the last admin */
  async remove(caller: Caller, id: string): Promise<string> {
    const removed = await asProblems(
      removeUser(this.ledger, id, ({ name, role, granted }) =>
        needAllOf(caller, role, granted, `To remove "${name}"`),
      ),
    );
    if (!removed) throw notFound('user', id);
    return removed.name;
  }
}

/** Who administers an installation gets its files back and tidies up, unless they say otherwise. */
const defaultGrants = (role: Role): GrantedRight[] => (role === 'admin' ? [...GrantedRight.options] : []);

function described(role: Role, granted: readonly GrantedRight[]): string {
  return `${role === 'viewer' ? 'a' : 'an'} ${role}${granted.length > 0 ? ` who may ${granted.join(' and ')}` : ''}`;
}

function toUserView(
  { id, name, role, granted, createdAt, lastLoginAt }: UserRow,
  sessions: number,
): UserView {
  return {
    ...{ id, name, role, granted, sessions },
    createdAt: createdAt.toISOString(),
    lastLoginAt: lastLoginAt?.toISOString() ?? null,
  };
}

async function asProblems<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof NameTakenError)
      throw new ProblemError(409, error.message, { errors: [{ path: 'name', message: 'is taken' }] });
    if (error instanceof FirstUserError)
      throw new ProblemError(422, error.message, { errors: [{ path: 'role', message: 'must be admin' }] });
    if (error instanceof LastAdminError) throw new ProblemError(409, error.message);
    throw error;
  }
}
