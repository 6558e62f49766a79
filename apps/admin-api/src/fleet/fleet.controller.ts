import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { AgentId, Invitation, InvitationRequest, Revocation } from '@periodic-backup/contracts';
import type { z } from 'zod';
import { ApiProblems } from '../http/api-answers.js';
import { InvitationDesk } from './invitation-desk.js';

@ApiTags('fleet')
@ApiProblems(400, 501)
@Controller('api/v1')
export class FleetController {
  constructor(private readonly desk: InvitationDesk) {}

  @Post('agents/invitations')
  @ApiOperation({ summary: 'Invite a machine to join as an agent: one line, good for 15 minutes and once' })
  @ApiCreatedResponse({ description: 'The line; it is shown only here', standardSchema: Invitation })
  inviteAgent(
    @Body({ schema: InvitationRequest }) request: z.infer<typeof InvitationRequest>,
  ): Promise<Invitation> {
    return this.desk.invite('agent', request);
  }

  @Post('receivers/invitations')
  @ApiOperation({ summary: 'Invite a machine to join as a receiver: one line, good for 15 minutes and once' })
  @ApiCreatedResponse({ description: 'The line; it is shown only here', standardSchema: Invitation })
  inviteReceiver(
    @Body({ schema: InvitationRequest }) request: z.infer<typeof InvitationRequest>,
  ): Promise<Invitation> {
    return this.desk.invite('receiver', request);
  }

  @Post('agents/:id/revoke')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Put an agent out: its certificates, its Redis user and its sessions end within seconds',
  })
  @ApiOkResponse({ description: 'It is out', standardSchema: Revocation })
  @ApiProblems(404)
  revokeAgent(@Param('id', { schema: AgentId }) id: string): Promise<Revocation> {
    return this.desk.revoke('agent', id);
  }

  @Post('receivers/:id/revoke')
  @HttpCode(200)
  @ApiOperation({ summary: 'Put a receiver out: its certificates and its Redis user end within seconds' })
  @ApiOkResponse({ description: 'It is out', standardSchema: Revocation })
  @ApiProblems(404)
  revokeReceiver(@Param('id', { schema: AgentId }) id: string): Promise<Revocation> {
    return this.desk.revoke('receiver', id);
  }
}
