import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { TokenId, TokenInput, TokenMade, TokenPage, TokenQuery } from '@periodic-backup/contracts';
import type { z } from 'zod';
import { ApiProblems } from '../http/api-answers.js';
import { AskedBy, type Caller } from './caller.js';
import { TokenBook } from './token-book.js';

@ApiTags('access')
@ApiProblems(400, 503)
@Controller('api/v1/tokens')
export class TokensController {
  constructor(private readonly book: TokenBook) {}

  @Get()
  @ApiOperation({ summary: "List one's own tokens, newest first; an admin sees everybody's" })
  @ApiOkResponse({ description: 'All of them', standardSchema: TokenPage })
  async list(
    @Query({ schema: TokenQuery }) { all }: z.infer<typeof TokenQuery>,
    @AskedBy() caller: Caller,
  ): Promise<z.infer<typeof TokenPage>> {
    return { items: await this.book.list(caller, all), nextCursor: null };
  }

  @Post()
  @ApiOperation({
    summary: 'Make a token for a program: it is shown this once',
    description:
      'It never may more than whoever makes it, and ends with them. Sent as "Authorization: Bearer …".',
  })
  @ApiCreatedResponse({ description: 'The token', standardSchema: TokenMade })
  add(
    @Body({ schema: TokenInput }) token: z.infer<typeof TokenInput>,
    @AskedBy() caller: Caller,
  ): Promise<z.infer<typeof TokenMade>> {
    return this.book.make(caller, token);
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: "Revoke a token: one's own, also that which asks, or as an admin any" })
  @ApiNoContentResponse({ description: 'It is worth nothing any more' })
  @ApiProblems(404)
  revoke(@Param('id', { schema: TokenId }) id: string, @AskedBy() caller: Caller): Promise<void> {
    return this.book.revoke(caller, id);
  }
}
