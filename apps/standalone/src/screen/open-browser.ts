import { spawn } from 'node:child_process';

/** What decides whether somebody sits in front of this machine's own screen. */
export interface Seat {
  readonly platform: NodeJS.Platform;
  readonly env: NodeJS.ProcessEnv;
  /** Our lines go to a terminal. */
  readonly isTerminal: boolean;
}

/** The program that opens an address in the browser of whoever sits there; null where nobody would see it. */
export function browserOpener({ platform, env, isTerminal }: Seat): string | null {
  if (!isTerminal || env['CI'] || env['SSH_CONNECTION'] || env['BROWSER'] === 'none') return null;
  if (platform === 'darwin') return 'open';
  return platform === 'linux' && (env['DISPLAY'] || env['WAYLAND_DISPLAY']) ? 'xdg-open' : null;
}

/** The address is handed to the browser, if there is one; whether it opens is no concern of ours. */
export function openBrowser(
  address: string,
  seat: Seat = { platform: process.platform, env: process.env, isTerminal: process.stdout.isTTY === true },
): void {
  const opener = browserOpener(seat);
  if (opener === null) return;
  const child = spawn(opener, [address], { stdio: 'ignore', detached: true });
  // Not installed: the address stands on the screen.
  child.on('error', () => undefined);
  child.unref();
}
