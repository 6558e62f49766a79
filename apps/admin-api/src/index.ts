export { AdminApiConfig, loadAdminApiConfig } from './config.js';
export type { LauncherChannel } from './launcher/launcher-link.js';
export { startAdminApi } from './start-admin-api.js';
