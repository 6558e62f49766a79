import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Me, Right } from '@periodic-backup/contracts';
import type { z } from 'zod';
import { ApiProblems } from '../http/api-answers.js';

@ApiTags('access')
@ApiProblems(503)
@Controller('api/v1/me')
export class MeController {
  @Get()
  @ApiOperation({ summary: 'Say who asks and what they may do here' })
  @ApiOkResponse({ description: 'The caller', standardSchema: Me })
  me(): z.infer<typeof Me> {
    return { user: null, role: 'admin', rights: [...Right.options], planIds: null, loginNeeded: false };
  }
}
