import { createHash } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { Inject, Injectable } from '@nestjs/common';
import type { SessionRequest } from '@periodic-backup/contracts';
import {
  addSession,
  beginLogin,
  findUser,
  isLoginPlace,
  loginSucceeded,
  renewPasswordHash,
  type Ledger,
  type UserRow,
} from '@periodic-backup/ledger';
import { AuditLog } from '../audit/audit-log.js';
import { LEDGER } from '../connections/tokens.js';
import { ProblemError } from '../http/problem.js';
import { ACCESS_SETTINGS, type AccessSettings } from './access-settings.js';
import { PasswordHasher } from './password-hash.js';
import { newSessionId, sessionHash } from './session-cookie.js';

/** Failures in a row that cost no waiting. Many people may share an address. */
const FREE_OF_ACCOUNT = 5;
const FREE_OF_ADDRESS = 20;

/**
 * Looks at passwords. Who fails waits ever longer, by account and by address, never for more than a quarter of an hour;
 * where a user has logged in before, failures of strangers do not count. Names that do not exist are answered like
 * those that do, and as late.
 */
@Injectable()
export class Login {
  constructor(
    @Inject(LEDGER) private readonly ledger: Ledger,
    @Inject(ACCESS_SETTINGS) private readonly settings: AccessSettings,
    private readonly hasher: PasswordHasher,
    private readonly audit: AuditLog,
  ) {}

  /** A new session's id, and whose it is. @throws ProblemError 401, 429 */
  async begin(request: SessionRequest, address: string): Promise<{ sessionId: string; user: UserRow }> {
    const user = await this.check(request, address);
    const sessionId = newSessionId();
    const expiresAt = new Date(Date.now() + this.settings.sessionMs);
    await addSession(this.ledger, { idHash: sessionHash(sessionId), userId: user.id, expiresAt });
    return { sessionId, user };
  }

  /** Whose name and password it is. @throws ProblemError 401, 429, 503 when too many log in at once */
  async check({ name, password }: SessionRequest, address: string): Promise<UserRow> {
    const user = await findUser(this.ledger, name);
    const place = placeOf(address);
    const isKnownPlace = await isLoginPlace(this.ledger, user?.id ?? NOBODY, place);
    // The name may be a password, written into the wrong field: only a digest of it is kept.
    const accountKey = digest(isKnownPlace ? `account ${name} at ${place}` : `account ${name}`);
    const addressKey = digest(`address ${place}`);
    const counts = [
      { key: accountKey, free: FREE_OF_ACCOUNT },
      { key: addressKey, free: FREE_OF_ADDRESS },
    ];
    this.hasher.needRoom();
    const closedUntil = await beginLogin(this.ledger, counts, new Date());
    if (closedUntil !== null) throw closed(closedUntil);
    if (!(await this.hasher.matches(password, user?.passwordHash ?? null)) || user === null) {
      await this.audit.refused(
        { actor: user?.name ?? 'unknown', via: 'password', address },
        { action: 'login', object: user && `user/${user.id}` },
      );
      throw new ProblemError(401, 'Name or password is wrong.');
    }
    await loginSucceeded(this.ledger, { accountKey, addressKey, userId: user.id, address: place });
    if (this.hasher.isOutdated(user.passwordHash))
      await renewPasswordHash(this.ledger, user, await this.hasher.hash(password));
    return user;
  }
}

const NOBODY = '00000000-0000-0000-0000-000000000000';

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Of IPv6 the network: whoever has one address there has all of them. */
function placeOf(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.split('%')[0]!.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros =
    tail === undefined ? [] : Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0');
  return `${[...before, ...zeros, ...after].slice(0, 4).join(':')}::/64`;
}

function closed(until: Date): ProblemError {
  const seconds = Math.max(1, Math.ceil((until.getTime() - Date.now()) / 1000));
  return new ProblemError(429, `Too many logins failed: try again in ${seconds} s.`, {
    headers: { 'retry-after': String(seconds) },
  });
}
