export { AdminApiConfig, loadAdminApiConfig } from './config.js';
export { startAdminApi } from './start-admin-api.js';
