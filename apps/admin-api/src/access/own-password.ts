import { Inject, Injectable } from '@nestjs/common';
import type { OwnPasswordChange } from '@periodic-backup/contracts';
import { addSession, changeUser, type Ledger } from '@periodic-backup/ledger';
import { LEDGER } from '../connections/tokens.js';
import type { ArrivedRequest } from '../http/arrived-request.js';
import { ProblemError } from '../http/problem.js';
import { ACCESS_SETTINGS, type AccessSettings } from './access-settings.js';
import type { Caller } from './caller.js';
import { Login } from './login.js';
import { PasswordHasher } from './password-hash.js';
import { newSessionId, sessionCookie, sessionHash } from './session-cookie.js';

/** Lets users change their own passwords, if they know them. */
@Injectable()
export class OwnPassword {
  constructor(
    @Inject(LEDGER) private readonly ledger: Ledger,
    @Inject(ACCESS_SETTINGS) private readonly settings: AccessSettings,
    private readonly login: Login,
    private readonly hasher: PasswordHasher,
  ) {}

  /** The cookie under which the caller's session goes on; null for a program. @throws ProblemError 409, 422, 429 */
  async change(
    { user, address, sessionHash: session }: Caller,
    { currentPassword, newPassword }: OwnPasswordChange,
    arrived: ArrivedRequest,
  ): Promise<string | null> {
    if (user === null)
      throw new ProblemError(
        409,
        'No user asks: an admin changes the password of another with PATCH /users/{id}.',
      );
    // A session that somebody found open must not be enough to guess the password by.
    await this.login
      .check({ name: user.name, password: currentPassword }, address)
      .catch((error: unknown) => {
        throw error instanceof ProblemError && error.status === 401 ? wrong() : error;
      });
    const passwordHash = await this.hasher.hash(newPassword);
    await changeUser(this.ledger, user.id, () => ({ passwordHash }));
    if (session === null) return null;
    const id = newSessionId();
    const expiresAt = new Date(Date.now() + this.settings.sessionMs);
    await addSession(this.ledger, { idHash: sessionHash(id), userId: user.id, expiresAt });
    return sessionCookie(arrived, id, this.settings.sessionMs / 1000);
  }
}

function wrong(): ProblemError {
  return new ProblemError(422, 'The current password is wrong.', {
    errors: [{ path: 'currentPassword', message: 'is wrong' }],
  });
}
