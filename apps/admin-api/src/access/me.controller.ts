import { Body, Controller, Get, HttpCode, Put, Req, Res } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Me, OwnPasswordChange } from '@periodic-backup/contracts';
import type { z } from 'zod';
import { ApiProblems } from '../http/api-answers.js';
import type { ArrivedRequest } from '../http/arrived-request.js';
import { AskedBy, toMe, type Caller } from './caller.js';
import { OwnPassword } from './own-password.js';
import type { HeaderReply } from './session.controller.js';

@ApiTags('access')
@ApiProblems(503)
@Controller('api/v1/me')
export class MeController {
  constructor(private readonly passwords: OwnPassword) {}

  @Get()
  @ApiOperation({ summary: 'Say who asks and what they may do here' })
  @ApiOkResponse({ description: 'The caller', standardSchema: Me })
  me(@AskedBy() caller: Caller): z.infer<typeof Me> {
    return toMe(caller);
  }

  @Put('password')
  @HttpCode(204)
  @ApiOperation({
    summary: "Change one's own password: every other session and `pbk login` ends",
  })
  @ApiNoContentResponse({ description: 'It is changed; a session goes on under a new cookie' })
  @ApiProblems(400, 409, 422, 429)
  async changePassword(
    @Body({ schema: OwnPasswordChange }) change: z.infer<typeof OwnPasswordChange>,
    @AskedBy() caller: Caller,
    @Req() arrived: ArrivedRequest,
    @Res({ passthrough: true }) reply: HeaderReply,
  ): Promise<void> {
    const cookie = await this.passwords.change(caller, change, arrived);
    if (cookie !== null) reply.header('set-cookie', cookie);
  }
}
