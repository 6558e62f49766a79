import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { NestLogger, createLogger, loadConfig, runService } from '@periodic-backup/platform';
import { SchedulerConfig } from './config.js';
import { SchedulerModule } from './scheduler.module.js';

await runService(async () => {
  const config = loadConfig(SchedulerConfig);
  const logger = createLogger('scheduler', config.LOG_LEVEL);
  const app = await NestFactory.createApplicationContext(SchedulerModule.create(config, logger), {
    bufferLogs: true,
    abortOnError: false,
  });
  app.useLogger(app.get(NestLogger));
  return app;
});
