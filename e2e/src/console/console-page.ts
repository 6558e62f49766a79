import { expect } from '@jest/globals';
import { until } from '@periodic-backup/testing';
import type { Browser, BrowserContext, Page } from 'playwright-core';

export interface ConsoleOptions {
  readonly width?: number;
  readonly height?: number;
  readonly theme?: 'light' | 'dark';
}

/**
 * The console in a browser as somebody has it, with an ear on everything that must not be: messages of the browser's console,
 * what the Content-Security-Policy stops, scripts that fail, requests to anywhere else.
 */
export class ConsolePage {
  readonly #wrong: string[] = [];
  #expected: RegExp[] = [];

  private constructor(
    readonly page: Page,
    readonly url: string,
    private readonly context: BrowserContext,
  ) {}

  /** A browser of its own: no cookies, nothing remembered. @param url of the admin API */
  static async open(browser: Browser, url: string, options: ConsoleOptions = {}): Promise<ConsolePage> {
    const { width = 1280, height = 860, theme = 'light' } = options;
    const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme });
    // A busy machine takes its time; a test that hangs is ended by its own deadline.
    context.setDefaultTimeout(120_000);
    const console = new ConsolePage(await context.newPage(), url, context);
    console.#listen();
    return console;
  }

  /** Goes to a screen and waits until it shows its title. */
  async goto(path: string): Promise<void> {
    await this.page.goto(this.url + path);
    await this.page.getByRole('heading', { level: 1 }).waitFor();
  }

  /** Waits until nothing on the screen is being loaded any more, its fonts neither. */
  async settled(): Promise<void> {
    const loading = this.page.locator('[role="status"][aria-label^="Loading"]');
    await until(async () => (await loading.count()) === 0, { what: 'the screen to be loaded' });
    await this.page.evaluate('document.fonts.ready.then(() => true)');
  }

  /** What a test brings about on purpose, such as a refusal: it is no fault from now on. */
  expectMessage(message: RegExp): void {
    this.#expected = [...this.#expected, message];
  }

  /** Fails if anything went wrong in the browser; closes it. */
  async close(): Promise<void> {
    await this.context.close();
    expect(this.#wrong.filter((fault) => !this.#expected.some((message) => message.test(fault)))).toEqual([]);
  }

  #listen(): void {
    const { page } = this;
    const origin = new URL(this.url).origin;
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type()))
        this.#wrong.push(`${message.type()}: ${message.text()} (${message.location().url})`);
    });
    page.on('pageerror', (error) => this.#wrong.push(`script failed: ${error.message}`));
    page.on('request', (request) => {
      if (!request.url().startsWith(`${origin}/`) && !request.url().startsWith('data:image/'))
        this.#wrong.push(`request to elsewhere: ${request.url()}`);
    });
  }
}
