import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

const INSTALLED = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** A real Chromium without a window that talks to nobody by itself. @throws Error that says how to get one */
export function launchChromium(): Promise<Browser> {
  const executablePath = process.env['CHROMIUM_BIN'] || INSTALLED.find((path) => existsSync(path));
  if (!executablePath)
    throw new Error('There is no Chromium: install one (apt-get install chromium) or set CHROMIUM_BIN.');
  return chromium.launch({
    executablePath,
    args: [
      ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-dev-shm-usage'],
      ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
    ],
  });
}
