/** Says whether a name (one part of a path, as people read it) is meant. */
export type NameTest = (name: string) => boolean;

/** Matches one character; `null` stands for any number of any. */
type Token = ((character: string) => boolean) | null;

/**
 * What a person means by a search word, capital or small: with `*`, `?` or `[…]` a pattern of the whole name, else a
 * part of it. `[!…]` is anything but; a bracket that does not close stands for itself.
 */
export function nameTest(word: string): NameTest {
  const small = word.toLowerCase();
  if (!/[*?[]/.test(small)) return (name) => name.toLowerCase().includes(small);
  const tokens = tokensOf(small);
  return (name) => matches(tokens, [...name.toLowerCase()]);
}

function tokensOf(pattern: string): Token[] {
  const parts = pattern.match(/\*+|\[[!^]?\]?[^\]]*\]|[^]/gu) ?? [];
  return parts.map((part) => {
    if (part.startsWith('*')) return null;
    if (part === '?') return () => true;
    return part.length > 2 && part.startsWith('[') ? characterClass(part) : (character) => character === part;
  });
}

function characterClass(part: string): Token {
  const negated = /^\[[!^]/.test(part);
  const ranges = [...part.slice(negated ? 2 : 1, -1).matchAll(/([^])-([^])|([^])/gu)].map(
    ([, from, to, single]) => [from ?? single!, to ?? single!] as const,
  );
  return (character) => ranges.some(([from, to]) => from <= character && character <= to) !== negated;
}

/** Goes back to the last star only: at most name × pattern steps, whatever the two are. */
function matches(tokens: readonly Token[], name: readonly string[]): boolean {
  let [token, at, starToken, starAt] = [0, 0, -1, 0];
  while (at < name.length) {
    const test = tokens[token];
    if (test === null) {
      [starToken, starAt] = [token++, at];
    } else if (test?.(name[at]!)) {
      token++;
      at++;
    } else if (starToken >= 0) {
      token = starToken + 1;
      at = ++starAt;
    } else return false;
  }
  while (tokens[token] === null) token++;
  return token === tokens.length;
}
