import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { CommandError } from '../exit-codes.js';

type Input = NodeJS.ReadStream;

/** Asks people at a terminal; where there is none, takes lines of standard input, one per question. */
export class Prompter {
  #lines: AsyncIterator<string> | undefined;

  constructor(
    private readonly input: Input,
    private readonly err: NodeJS.WriteStream,
    private readonly signal: AbortSignal,
  ) {}

  get isTerminal(): boolean {
    return this.input.isTTY;
  }

  ask(question: string): Promise<string> {
    return this.isTerminal ? this.#atTerminal(question, this.err) : this.#nextLine(question);
  }

  /** Shows nothing of what is typed. */
  async askSecret(question: string): Promise<string> {
    if (!this.isTerminal) return this.#nextLine(question);
    const answer = await this.#atTerminal(
      question,
      new Writable({ write: (_chunk, _encoding, done) => done() }),
    );
    this.err.write('\n');
    return answer;
  }

  /** A new secret, twice where people type it. */
  async askNewSecret(question: string): Promise<string> {
    const secret = await this.askSecret(question);
    if (this.isTerminal && (await this.askSecret('The same again: ')) !== secret)
      throw new CommandError('The two were not the same: nothing was changed.');
    return secret;
  }

  async #atTerminal(question: string, output: NodeJS.WritableStream): Promise<string> {
    this.err.write(question);
    const terminal = createInterface({ input: this.input, output, terminal: true });
    const stopping = new AbortController();
    terminal.once('SIGINT', () => stopping.abort());
    try {
      return await terminal.question('', { signal: AbortSignal.any([this.signal, stopping.signal]) });
    } catch {
      throw new CommandError('\nStopped: nothing was changed.');
    } finally {
      terminal.close();
    }
  }

  async #nextLine(question: string): Promise<string> {
    this.#lines ??= createInterface({ input: this.input })[Symbol.asyncIterator]();
    const { value, done } = await this.#lines.next();
    if (done === true) throw new CommandError(`Standard input has no line for "${question.trim()}".`);
    return value;
  }
}
