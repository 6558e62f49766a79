import { z } from 'zod';

/** Who may do what through the REST API. */

/** What a route asks for. `restore` and `delete` are granted one by one, whatever the role. */
export const Right = z.enum(['read', 'operate', 'restore', 'delete', 'administer']);
export type Right = z.infer<typeof Right>;

export const Role = z.enum(['viewer', 'operator', 'admin']);
export type Role = z.infer<typeof Role>;

/** Rights that no role brings. */
export const GrantedRight = Right.extract(['restore', 'delete']);
export type GrantedRight = z.infer<typeof GrantedRight>;

const RIGHTS_OF_ROLES: Readonly<Record<Role, readonly Right[]>> = {
  viewer: ['read'],
  operator: ['read', 'operate'],
  admin: ['read', 'operate', 'administer'],
};

/** All rights of a role and what was granted beside it, in the order of `Right`. */
export function rightsOf(role: Role, granted: readonly GrantedRight[]): Right[] {
  const all = new Set<Right>([...RIGHTS_OF_ROLES[role], ...granted]);
  return Right.options.filter((right) => all.has(right));
}

/** `GET /me`. Without a user: everybody on this machine, or a program with a token that belongs to no user. */
export const Me = z
  .object({
    user: z.object({ id: z.uuid(), name: z.string() }).nullable(),
    role: Role,
    rights: z.array(Right),
    /** Only of these plans; null: of all. */
    planIds: z.array(z.uuid()).nullable(),
    /** False: nobody has to log in here, because there are no users yet and only this machine reaches the API. */
    loginNeeded: z.boolean(),
  })
  .meta({ id: 'Me' });
export type Me = z.infer<typeof Me>;

/** A person's name to log in with: small letters, so that nobody need remember how it was written. */
export const UserName = z
  .string()
  .trim()
  .toLowerCase()
  .regex(
    /^[a-z0-9][a-z0-9._@+-]{0,62}$/,
    'must be letters, digits, ".", "_", "@", "+" and "-", at most 63, and begin with a letter or digit',
  );

const MIN_PASSWORD_CHARACTERS = 12;

/** Long is safe; what characters it is made of does not matter. */
export const NewPassword = z
  .string()
  .max(1000, 'must have at most 1000 characters')
  .transform((password) => password.normalize('NFKC'))
  .refine(
    (password) => [...password].length >= MIN_PASSWORD_CHARACTERS,
    `must have at least ${MIN_PASSWORD_CHARACTERS} characters: several words make a good one`,
  )
  .refine(
    (password) => new Set(password).size >= 5,
    'must have at least five different characters: several words make a good one',
  );

/** One that was set before. */
const Password = z
  .string()
  .min(1, 'must not be empty')
  .max(1000)
  .transform((password) => password.normalize('NFKC'));

/** `POST /session`. */
export const SessionRequest = z
  .object({ name: z.string().trim().toLowerCase().min(1, 'must not be empty').max(200), password: Password })
  .strict()
  .meta({ id: 'SessionRequest' });
export type SessionRequest = z.infer<typeof SessionRequest>;

/** `PUT /me/password`: ends every session and `pbk login` of oneself, except the one that asks. */
export const OwnPasswordChange = z
  .object({ currentPassword: Password, newPassword: NewPassword })
  .strict()
  .meta({ id: 'OwnPasswordChange' });
export type OwnPasswordChange = z.infer<typeof OwnPasswordChange>;

const Granted = z
  .array(GrantedRight)
  .max(10)
  .transform((rights) => GrantedRight.options.filter((right) => rights.includes(right)));

export const UserView = z
  .object({
    id: z.uuid(),
    name: z.string(),
    role: Role,
    /** Beside those of the role. */
    granted: z.array(GrantedRight),
    createdAt: z.iso.datetime(),
    lastLoginAt: z.iso.datetime().nullable(),
    /** Browsers that are logged in now. */
    sessions: z.int(),
  })
  .meta({ id: 'User' });
export type UserView = z.infer<typeof UserView>;

/** The first user must be an admin. Without `granted` an admin may restore and delete, others may not. */
export const UserInput = z
  .object({ name: UserName, password: NewPassword, role: Role, granted: Granted.optional() })
  .strict()
  .meta({ id: 'UserInput' });
export type UserInput = z.infer<typeof UserInput>;

/** What is left out stays. A new password ends every session of the user. */
export const UserPatch = z
  .object({ password: NewPassword, role: Role, granted: Granted })
  .partial()
  .strict()
  .refine((patch) => Object.keys(patch).length > 0, 'must name password, role or granted')
  .meta({ id: 'UserPatch' });
export type UserPatch = z.infer<typeof UserPatch>;

/** Of an API token: `pbk_<kind>_<id>_<secret>`. `cli` ones are made by `pbk login` and end with the password. */
export const TokenKind = z.enum(['api', 'cli']);
export type TokenKind = z.infer<typeof TokenKind>;

export const TokenId = z.string().regex(/^[0-9a-f]{16}$/, 'must be the 16 hexadecimal digits of a token');

export const TokenView = z
  .object({
    id: TokenId,
    kind: TokenKind,
    name: z.string(),
    /** Whose it is: it never may more than they, and ends with them. Null: it belongs to the installation. */
    userName: z.string().nullable(),
    role: Role,
    granted: z.array(GrantedRight),
    planIds: z.array(z.uuid()).nullable(),
    createdAt: z.iso.datetime(),
    expiresAt: z.iso.datetime(),
    lastUsedAt: z.iso.datetime().nullable(),
    lastUsedFrom: z.string().nullable(),
    revokedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Token' });
export type TokenView = z.infer<typeof TokenView>;

const MAX_TOKEN_DAYS = 3660;

/** Never more than whoever makes it may. */
export const TokenInput = z
  .object({
    name: z.string().trim().min(1, 'must not be empty').max(100),
    kind: TokenKind.default('api'),
    role: Role.default('viewer'),
    granted: Granted.default([]),
    /** Only what belongs to these plans; null: everything. */
    planIds: z.array(z.uuid('must be a UUID')).min(1, 'must name a plan').max(1000).nullable().default(null),
    expiresInDays: z.int('must be a whole number of days').min(1).max(MAX_TOKEN_DAYS).default(90),
  })
  .strict()
  .meta({ id: 'TokenInput' });
export type TokenInput = z.infer<typeof TokenInput>;

/** The one answer that shows the token itself. */
export const TokenMade = TokenView.extend({ token: z.string() }).meta({ id: 'TokenMade' });
export type TokenMade = z.infer<typeof TokenMade>;

/** `GET /tokens`: one's own; an admin sees all. */
export const TokenQuery = z.object({
  /** Revoked and expired ones, too. */
  all: z.stringbool().default(false),
});
export type TokenQuery = z.infer<typeof TokenQuery>;
