/** Nobody could administer the installation any more. */
export class LastAdminError extends Error {
  override readonly name = 'LastAdminError';
  readonly retryable = false;
  constructor(readonly userName: string) {
    super(`"${userName}" is the only admin: make somebody else an admin first.`);
  }
}

/** A login is needed from the first user on: that one must be able to let others in. */
export class FirstUserError extends Error {
  override readonly name = 'FirstUserError';
  readonly retryable = false;
  constructor() {
    super(
      'The first user must be an admin: from then on everybody has to log in, and somebody must let others in.',
    );
  }
}
