import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '@periodic-backup/testing';
import type { Browser } from 'playwright-core';
import { DemoApi } from '../demo/demo-api.js';
import type { Screen } from './screens.js';

const MAX_KIB = 100;
const QUALITY = 85;

/** Takes pictures of a console. */
export class Shooter {
  readonly api: DemoApi;

  constructor(
    private readonly browser: Browser,
    private readonly url: string,
    private readonly outDir: string,
    private readonly say: (line: string) => void,
  ) {
    this.api = new DemoApi(`${url}/api/v1`);
  }

  /** Light at 1280 px; the main screens in the dark and at 360 px as well. */
  async shoot(screen: Screen): Promise<void> {
    await this.#picture(screen, screen.name, { width: 1280, height: 860, theme: 'light' });
    if (!screen.main) return;
    await this.#picture(screen, `${screen.name}-dark`, { width: 1280, height: 860, theme: 'dark' });
    await this.#picture(screen, `${screen.name}-narrow`, { width: 360, height: 740, theme: 'light' });
  }

  async #picture(
    { path, act }: Screen,
    name: string,
    options: { readonly width: number; readonly height: number; readonly theme: 'light' | 'dark' },
  ): Promise<void> {
    const { width, height, theme } = options;
    const context = await this.browser.newContext({ viewport: { width, height }, colorScheme: theme });
    const page = await context.newPage();
    await page.goto(this.url + path);
    await page.getByRole('heading', { level: 1 }).waitFor();
    const loading = page.locator('[role="status"][aria-label^="Loading"]');
    await until(async () => (await loading.count()) === 0, {
      ...{ what: `${path} to be loaded`, deadlineMs: 60_000 },
    });
    await act?.(page);
    await page.evaluate('document.fonts.ready.then(() => true)');
    const file = join(this.outDir, `${name}.webp`);
    // A breath for what glides in; nothing is judged by it.
    await page.waitForTimeout(400);
    // Not by page.screenshot(): WebP takes a third of the room that PNG does.
    const debug = await context.newCDPSession(page);
    const picture = await debug.send('Page.captureScreenshot', { format: 'webp', quality: QUALITY });
    writeFileSync(file, Buffer.from(picture.data, 'base64'));
    await context.close();
    const sizeKiB = Math.ceil(statSync(file).size / 1024);
    this.say(`${name}.webp  ${sizeKiB} KiB${sizeKiB > MAX_KIB ? '  LARGER THAN IT MAY BE' : ''}`);
  }
}
