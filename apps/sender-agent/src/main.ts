import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { NestLogger, loadConfig, runService } from '@periodic-backup/platform';
import { AgentConfig } from './agent.config.js';
import { AgentModule } from './agent.module.js';
import { agentEnvironment } from './home/agent-environment.js';
import { joinCommand } from './home/join-command.js';

const [command, ...args] = process.argv.slice(2);

if (command === 'join') process.exitCode = await joinCommand(args, process.env);
else
  await runService(async () => {
    const config = loadConfig(AgentConfig, await agentEnvironment(process.env));
    const app = await NestFactory.createApplicationContext(AgentModule.with(config), {
      bufferLogs: true,
      abortOnError: false,
    });
    app.useLogger(app.get(NestLogger));
    return app;
  });
