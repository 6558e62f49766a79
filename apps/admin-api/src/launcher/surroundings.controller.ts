import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Surroundings } from '@periodic-backup/contracts';
import { VERSION } from '@periodic-backup/platform';
import type { z } from 'zod';
import { ApiProblems } from '../http/api-answers.js';
import { LookTickets } from '../look/look-tickets.js';
import { HOW_TO_START_A_RECEIVER, LauncherLink } from './launcher-link.js';

@ApiTags('surroundings')
@ApiProblems(503)
@Controller('api/v1/surroundings')
export class SurroundingsController {
  constructor(
    private readonly launcher: LauncherLink,
    private readonly tickets: LookTickets,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Say what this installation is and can do' })
  @ApiOkResponse({ description: 'As it is now', standardSchema: Surroundings })
  async read(): Promise<z.infer<typeof Surroundings>> {
    const state = await this.launcher.state();
    return {
      version: VERSION,
      launcher: this.launcher.isThere,
      canStartReceivers: this.launcher.isThere,
      howToStartReceivers: this.launcher.isThere
        ? 'Name a host, a port and a target directory: it is started on this machine, and again whenever "npm start" is.'
        : HOW_TO_START_A_RECEIVER,
      canLook: this.tickets.canSign,
      here: state && {
        agentId: state.agentId,
        receiverId: state.receiverId,
        dataDir: state.dataDir,
        targetDir: state.targetDir,
        nextReceiverPort: state.nextReceiverPort,
      },
      now: new Date().toISOString(),
      timezone: Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC',
    };
  }
}
