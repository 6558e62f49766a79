import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the workspace, from wherever the tool was called. */
export const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');

/** What the tools keep between calls; git-ignored, safe to delete at any time. */
export const runtimeDir = join(root, '.runtime');

/** A program that the installed packages brought. */
export const packageBinary = (name) => join(root, 'node_modules', '.bin', name);

/** The Node that the project pins; the one that runs now where that one has no build for the platform. */
export const pinnedNode = () =>
  existsSync(packageBinary('node')) ? packageBinary('node') : process.execPath;

/** An environment in which the workspace's programs come first on PATH. */
export const workspaceEnv = (more = {}, ...firstOnPath) => ({
  ...process.env,
  ...more,
  PATH: [...firstOnPath, join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter),
});
