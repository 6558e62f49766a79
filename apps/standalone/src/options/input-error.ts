/** The command cannot be carried out as given; one sentence per problem, each with its remedy. */
export class InputError extends Error {
  override readonly name = 'InputError';
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
}
