import 'reflect-metadata';
import { createLogger, runService } from '@periodic-backup/platform';
import { loadAdminApiConfig } from './config.js';
import { startAdminApi } from './start-admin-api.js';

await runService(async () => {
  const config = loadAdminApiConfig();
  return startAdminApi(config, createLogger('admin-api', config.LOG_LEVEL));
});
