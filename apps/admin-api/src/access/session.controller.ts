import { Body, Controller, Delete, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Me, SessionRequest, rightsOf } from '@periodic-backup/contracts';
import { endSession, type Ledger } from '@periodic-backup/ledger';
import type { z } from 'zod';
import { AuditLog } from '../audit/audit-log.js';
import { LEDGER } from '../connections/tokens.js';
import { ApiProblems } from '../http/api-answers.js';
import { addressOf, type ArrivedRequest } from '../http/arrived-request.js';
import { ACCESS_SETTINGS, type AccessSettings } from './access-settings.js';
import { AskedBy, type Caller } from './caller.js';
import { Login } from './login.js';
import { noSessionCookie, sessionCookie, sessionHash, sessionIdOf } from './session-cookie.js';

export interface HeaderReply {
  header(name: string, value: string): unknown;
}

@ApiTags('access')
@Controller('api/v1/session')
export class SessionController {
  constructor(
    @Inject(LEDGER) private readonly ledger: Ledger,
    @Inject(ACCESS_SETTINGS) private readonly settings: AccessSettings,
    private readonly login: Login,
    private readonly audit: AuditLog,
  ) {}

  @Post()
  @HttpCode(200)
  @ApiOperation({
    summary: 'Log in: the answer sets a cookie',
    description:
      'For browsers. Programs send a token (POST /tokens). After some failures one has to wait: 429.',
  })
  @ApiOkResponse({ description: 'Who is logged in now', standardSchema: Me })
  @ApiProblems(400, 429, 503)
  async begin(
    @Body({ schema: SessionRequest }) request: z.infer<typeof SessionRequest>,
    @Req() arrived: ArrivedRequest,
    @Res({ passthrough: true }) reply: HeaderReply,
  ): Promise<z.infer<typeof Me>> {
    const address = addressOf(arrived);
    const { sessionId, user } = await this.login.begin(request, address);
    // One that the browser brought along, whoever put it there, is worth nothing from now on.
    const before = sessionIdOf(arrived);
    if (before !== null) await endSession(this.ledger, sessionHash(before));
    await this.audit.append(
      { actor: user.name, via: 'password', address },
      { action: 'session.begin', object: `user/${user.id}` },
    );
    reply.header('set-cookie', sessionCookie(arrived, sessionId, this.settings.sessionMs / 1000));
    return {
      user: { id: user.id, name: user.name },
      role: user.role,
      rights: rightsOf(user.role, user.granted),
      planIds: null,
      loginNeeded: true,
    };
  }

  @Delete()
  @HttpCode(204)
  @ApiOperation({ summary: 'Log out: the session ends, and its cookie is forgotten' })
  @ApiNoContentResponse({ description: 'Nobody is logged in by this cookie any more' })
  @ApiProblems(503)
  async end(
    @AskedBy() caller: Caller,
    @Req() arrived: ArrivedRequest,
    @Res({ passthrough: true }) reply: HeaderReply,
  ): Promise<void> {
    reply.header('set-cookie', noSessionCookie(arrived));
    if (caller.sessionHash === null) return;
    await endSession(this.ledger, caller.sessionHash);
    await this.audit.append(caller, {
      action: 'session.end',
      object: caller.user && `user/${caller.user.id}`,
    });
  }
}
