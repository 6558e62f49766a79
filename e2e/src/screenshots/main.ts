import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { temporaryDirectory } from '@periodic-backup/testing';
import { launchChromium } from '../console/chromium.js';
import { DemoStack } from '../demo/demo-stack.js';
import { screens } from './screens.js';
import { Shooter } from './shooter.js';

/**
 * `npm run screenshots [-- name …]`: pictures of the console's screens on a demonstration, for the documentation. With
 * CONSOLE_URL they are taken of the demonstration that runs there (`npm run demo`).
 */
const say = (line: string): void => void process.stderr.write(`${line}\n`);
const wanted = process.argv.slice(2);
const outDir = resolve(
  process.env['SCREENSHOTS_DIR'] ?? join(import.meta.dirname, '../../../docs/screenshots'),
);
if (!existsSync(outDir)) mkdirSync(outDir, { recursive: true });

const running = process.env['CONSOLE_URL'];
const folder = await temporaryDirectory('pbk-demo-');
try {
  const dataDir = join(folder.path, 'data');
  mkdirSync(dataDir, { mode: 0o711 });
  const machineDir = process.env['DEMO_MACHINE_DIR'] ?? join(folder.path, 'srv');
  const demo = running ? null : await DemoStack.start({ dataDir, machineDir, say });
  const browser = await launchChromium();
  try {
    const shooter = new Shooter(browser, running ?? demo?.url ?? '', outDir, say);
    for (const screen of await screens(shooter.api))
      if (wanted.length === 0 || wanted.includes(screen.name)) await shooter.shoot(screen);
  } finally {
    await browser.close();
    await demo?.stop();
  }
} finally {
  await folder.remove();
}
