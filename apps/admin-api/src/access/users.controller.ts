import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { UserInput, UserPage, UserPatch, UserView } from '@periodic-backup/contracts';
import { z } from 'zod';
import { AuditLog } from '../audit/audit-log.js';
import { ApiProblems } from '../http/api-answers.js';
import { AskedBy, type Caller } from './caller.js';
import { UserBook } from './user-book.js';

const Id = z.uuid('must be a UUID');

@ApiTags('access')
@ApiProblems(400, 503)
@Controller('api/v1/users')
export class UsersController {
  constructor(
    private readonly book: UserBook,
    private readonly audit: AuditLog,
  ) {}

  @Get()
  @ApiOperation({ summary: 'List users, by name' })
  @ApiOkResponse({ description: 'All of them', standardSchema: UserPage })
  async list(): Promise<z.infer<typeof UserPage>> {
    return { items: await this.book.list(), nextCursor: null };
  }

  @Post()
  @ApiOperation({
    summary: 'Add a user. From the first one on, who must be an admin, everybody has to log in',
  })
  @ApiCreatedResponse({ description: 'The user', standardSchema: UserView })
  @ApiProblems(409, 422)
  add(
    @Body({ schema: UserInput }) user: z.infer<typeof UserInput>,
    @AskedBy() caller: Caller,
  ): Promise<z.infer<typeof UserView>> {
    return this.book.add(caller, user);
  }

  @Patch(':id')
  @ApiOperation({
    summary: 'Change the role, the rights or the password of a user; a new password ends their sessions',
  })
  @ApiOkResponse({ description: 'The user', standardSchema: UserView })
  @ApiProblems(404, 409)
  change(
    @Param('id', { schema: Id }) id: string,
    @Body({ schema: UserPatch }) patch: z.infer<typeof UserPatch>,
    @AskedBy() caller: Caller,
  ): Promise<z.infer<typeof UserView>> {
    return this.book.change(caller, id, patch);
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Remove a user: their sessions and tokens end at once. The last admin stays' })
  @ApiNoContentResponse({ description: 'They are out' })
  @ApiProblems(404, 409)
  async remove(@Param('id', { schema: Id }) id: string, @AskedBy() caller: Caller): Promise<void> {
    const name = await this.book.remove(caller, id);
    await this.audit.append(caller, { action: 'user.remove', object: `user/${id}`, detail: { name } });
  }
}
