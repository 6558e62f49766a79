/** What stands behind the `?` of an address may be anything: these take what fits and drop the rest. */

export function textOrNothing(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function oneOf<T extends string>(value: unknown, choices: readonly T[]): T | undefined {
  return choices.find((choice) => choice === value);
}

/** Several of a few, as a list or separated by commas. */
export function someOf<T extends string>(value: unknown, choices: readonly T[]): T[] | undefined {
  const given = Array.isArray(value) ? value.map(String) : typeof value === 'string' ? value.split(',') : [];
  const chosen = choices.filter((choice) => given.includes(choice));
  return chosen.length > 0 ? chosen : undefined;
}
