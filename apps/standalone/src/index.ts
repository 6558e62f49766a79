export type { LauncherOptions } from './options/launcher-options.js';
