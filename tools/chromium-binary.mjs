import { onPath } from './debian-program.mjs';
import { runProgram } from './run-program.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const MINUTE_MS = 60_000;

/**
 * The path of a Chromium: one on PATH, else Debian's package, installed. Unlike Redis it loads a hundred libraries, so
 * that unpacking it beside the system is no way. @throws Error with the line that installs one
 */
export async function findChromium(say) {
  const found = () => NAMES.map(onPath).find(Boolean);
  if (!found() && onPath('apt-get') && process.getuid?.() === 0) {
    say("Installing Chromium (Debian's package; the tests of the web console run in it) …");
    const options = { quiet: true, timeoutMs: 10 * MINUTE_MS };
    await runProgram('apt-get', ['update'], options);
    const install = ['install', '-y', '--no-install-recommends', 'chromium'];
    await runProgram('apt-get', install, {
      ...options,
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  }
  const path = found();
  if (!path)
    throw new Error(
      'Chromium is needed for the tests of the web console and none was found: install it with ' +
        '"sudo apt-get install chromium" or "brew install --cask chromium", then try again.',
    );
  return path;
}
