import ignore, { type Ignore } from 'ignore';

/** The package remembers every path it was asked about; starting afresh keeps memory constant. */
const QUESTIONS_PER_MATCHER = 20_000;

/** Says which paths of the source are left out, in gitignore syntax: the last rule that matches decides. */
export class ExcludeRules {
  #matcher: Ignore;
  #questions = 0;

  constructor(private readonly patterns: readonly string[]) {
    this.#matcher = this.#fresh();
  }

  /** False if nothing can be excluded: callers save the question. */
  get any(): boolean {
    return this.patterns.length > 0;
  }

  /**
   * True if the path itself is left out. The caller prunes excluded directories, so what lies below them is
   * never asked; as in git a negation cannot bring it back.
   */
  excludes(path: Buffer, isDirectory: boolean): boolean {
    if (this.#questions++ >= QUESTIONS_PER_MATCHER) {
      this.#matcher = this.#fresh();
      this.#questions = 1;
    }
    return this.#matcher.ignores(textOf(path, isDirectory));
  }

  /** Which of the patterns leaves the path out, itself or with a directory above it; null: none. */
  ruleOf(path: Buffer, isDirectory: boolean): number | null {
    const { rule } = this.#matcher.test(textOf(path, isDirectory));
    return rule?.mark === undefined ? null : Number(rule.mark);
  }

  #fresh(): Ignore {
    const matcher = ignore({ ignorecase: false, allowRelativePaths: true });
    this.patterns.forEach((pattern, index) => matcher.add({ pattern, mark: String(index) }));
    return matcher;
  }
}

function textOf(path: Buffer, isDirectory: boolean): string {
  const text = path.toString('utf8');
  return isDirectory ? `${text}/` : text;
}
