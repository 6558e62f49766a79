import { Module, type DynamicModule } from '@nestjs/common';
import { createLogger, loggingModule } from '@periodic-backup/platform';
import type { AgentConfig } from './agent.config.js';
import { AgentProcess } from './agent-process.js';
import { composeAgent } from './compose-agent.js';

/** The process of a sender agent. */
@Module({})
export class AgentModule {
  static with(config: AgentConfig): DynamicModule {
    const logger = createLogger('sender-agent', config.LOG_LEVEL);
    return {
      module: AgentModule,
      imports: [loggingModule(logger)],
      providers: [
        { provide: AgentProcess, useFactory: () => new AgentProcess(composeAgent(config, logger)) },
      ],
    };
  }
}
