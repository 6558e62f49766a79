import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Patch, Post } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { AlertRule, AlertRuleInput, AlertRulePage, AlertRulePatch } from '@periodic-backup/contracts';
import { deleteAlertRule, getAlertRule, listAlertRules, type Ledger } from '@periodic-backup/ledger';
import { z } from 'zod';
import { LEDGER } from '../connections/tokens.js';
import { ApiProblems } from '../http/api-answers.js';
import { notFound } from '../http/problem.js';
import { AlertBook } from './alert-book.js';

const Id = z.uuid('must be a UUID');

@ApiTags('alerts')
@ApiProblems(400, 503)
@Controller('api/v1/alert-rules')
export class AlertRulesController {
  constructor(
    @Inject(LEDGER) private readonly ledger: Ledger,
    private readonly book: AlertBook,
  ) {}

  @Post()
  @ApiOperation({ summary: 'Add a rule: which alerts there are and which channels hear of them' })
  @ApiCreatedResponse({ description: 'The rule', standardSchema: AlertRule })
  @ApiProblems(409, 422)
  add(
    @Body({ schema: AlertRuleInput }) rule: z.infer<typeof AlertRuleInput>,
  ): Promise<z.infer<typeof AlertRule>> {
    return this.book.addRule(rule);
  }

  @Get()
  @ApiOperation({ summary: 'List rules, by name; the first one came by itself' })
  @ApiOkResponse({ description: 'All of them', standardSchema: AlertRulePage })
  async list(): Promise<z.infer<typeof AlertRulePage>> {
    return { items: await listAlertRules(this.ledger), nextCursor: null };
  }

  @Get(':id')
  @ApiOperation({ summary: 'Read a rule' })
  @ApiOkResponse({ description: 'The rule', standardSchema: AlertRule })
  @ApiProblems(404)
  async get(@Param('id', { schema: Id }) id: string): Promise<z.infer<typeof AlertRule>> {
    const rule = await getAlertRule(this.ledger, id);
    if (!rule) throw notFound('alert rule', id);
    return rule;
  }

  @Patch(':id')
  @ApiOperation({ summary: 'Change a rule; what is left out stays, thresholds one by one' })
  @ApiOkResponse({ description: 'The rule', standardSchema: AlertRule })
  @ApiProblems(404, 409, 422)
  change(
    @Param('id', { schema: Id }) id: string,
    @Body({ schema: AlertRulePatch }) patch: z.infer<typeof AlertRulePatch>,
  ): Promise<z.infer<typeof AlertRule>> {
    return this.book.changeRule(id, patch);
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Delete a rule; alerts that no other rule asks for are closed without a word' })
  @ApiNoContentResponse({ description: 'It is deleted' })
  @ApiProblems(404)
  async remove(@Param('id', { schema: Id }) id: string): Promise<void> {
    if (!(await deleteAlertRule(this.ledger, id))) throw notFound('alert rule', id);
  }
}
