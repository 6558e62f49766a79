import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from '@periodic-backup/testing';
import { DemoStack } from './demo-stack.js';

/** `npm run demo`: an installation with some weeks behind it, on temporary directories, until Ctrl-C. */
const say = (line: string): void => void process.stderr.write(`${line}\n`);
const folder = await temporaryDirectory('pbk-demo-');
const dataDir = join(folder.path, 'data');
const machineDir = process.env['DEMO_MACHINE_DIR'] ?? join(folder.path, 'srv');
mkdirSync(dataDir, { mode: 0o711 });
const stopped = new Promise<void>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
});
try {
  const apiPort = Number(process.env['DEMO_PORT'] ?? 7310);
  const demo = await DemoStack.start({ dataDir, machineDir, apiPort, say });
  process.stdout.write(`\n  The console: ${demo.url}\n\n  Ctrl-C ends it and removes its files.\n`);
  await stopped;
  say('Stopping …');
  await demo.stop();
} finally {
  await folder.remove();
}
