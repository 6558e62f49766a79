import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { NestLogger, loadConfig, runService } from '@periodic-backup/platform';
import { AgentConfig } from './agent.config.js';
import { AgentModule } from './agent.module.js';

await runService(async () => {
  const app = await NestFactory.createApplicationContext(AgentModule.with(loadConfig(AgentConfig)), {
    bufferLogs: true,
    abortOnError: false,
  });
  app.useLogger(app.get(NestLogger));
  return app;
});
