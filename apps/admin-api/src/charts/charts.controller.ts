import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  PlanCharts,
  PlanFiguresQuery,
  PlanStripQuery,
  PlanStrips,
  VaultGrowth,
  VaultGrowthQuery,
} from '@periodic-backup/contracts';
import {
  getPlan,
  getVault,
  listRuns,
  readPlanCharts,
  readPlanStrips,
  readVaultSamples,
  readVaultTrends,
  type Ledger,
} from '@periodic-backup/ledger';
import { z } from 'zod';
import { AskedBy, onlySeen, type Caller } from '../access/caller.js';
import { Presence, noneWhileAway } from '../connections/presence.js';
import { LEDGER } from '../connections/tokens.js';
import { ApiProblems } from '../http/api-answers.js';
import { notFound } from '../http/problem.js';
import { periodOf } from '../promises/period-of.js';
import { drillViews } from '../tasks/drill-views.js';
import { TREND_DAYS, forecast } from './vault-growth.js';

const DAY_MS = 86_400_000;
const MAX_DRILLS = 200;
const Id = z.uuid('must be a UUID');

/** What is drawn: strips, figures over time, growth. Each answer is bounded, whatever the history. */
@ApiProblems(400, 503)
@Controller('api/v1')
export class ChartsController {
  constructor(
    @Inject(LEDGER) private readonly ledger: Ledger,
    private readonly presence: Presence,
  ) {}

  @Get('plan-strips')
  @ApiTags('plans')
  @ApiOperation({ summary: 'Say what became of the last due times of up to 100 plans, missed ones included' })
  @ApiOkResponse({ description: 'A strip per plan that exists', standardSchema: PlanStrips })
  async strips(
    @Query({ schema: PlanStripQuery }) { planIds, ticks }: z.infer<typeof PlanStripQuery>,
    @AskedBy() caller: Caller,
  ): Promise<z.infer<typeof PlanStrips>> {
    return { items: await readPlanStrips(this.ledger, onlySeen(caller, planIds), ticks, new Date()) };
  }

  @Get('plans/:id/figures')
  @ApiTags('plans')
  @ApiOperation({
    summary: 'Figures of the backups of a plan over time, and the restore times that drills measured',
  })
  @ApiOkResponse({ description: 'At most as many points as wanted', standardSchema: PlanCharts })
  @ApiProblems(404)
  async figures(
    @Param('id', { schema: Id }) planId: string,
    @Query({ schema: PlanFiguresQuery }) { since, until, points }: z.infer<typeof PlanFiguresQuery>,
  ): Promise<z.infer<typeof PlanCharts>> {
    if (!(await getPlan(this.ledger, planId))) throw notFound('plan', planId);
    const { from, to } = periodOf({ from: since, to: until });
    const [stretches, drills] = await Promise.all([
      readPlanCharts(this.ledger, planId, { from, to, points }),
      listRuns(this.ledger, {
        ...{ planId, kind: 'drill', states: ['committed'], since: from, until: to, limit: MAX_DRILLS },
      }),
    ]);
    return {
      ...{ planId, from: from.toISOString(), to: to.toISOString(), points: stretches },
      drills: drillViews(drills.items).reverse(),
    };
  }

  @Get('vaults/:id/growth')
  @ApiTags('vaults')
  @ApiOperation({
    summary: 'The space of a vault over time, and when it will be full if it goes on like this',
  })
  @ApiOkResponse({ description: 'Samples and a forecast, or why there is none', standardSchema: VaultGrowth })
  @ApiProblems(404)
  async growth(
    @Param('id', { schema: Id }) vaultId: string,
    @Query({ schema: VaultGrowthQuery }) { since, until, points }: z.infer<typeof VaultGrowthQuery>,
  ): Promise<z.infer<typeof VaultGrowth>> {
    const period = periodOf({ from: since, to: until });
    const { now } = period;
    const [vault, receivers, samples, trends] = await Promise.all([
      getVault(this.ledger, vaultId),
      this.presence.receivers().catch(noneWhileAway),
      readVaultSamples(this.ledger, vaultId, { ...period, points }),
      readVaultTrends(this.ledger, new Date(now.getTime() - TREND_DAYS * DAY_MS)),
    ]);
    const room = receivers.find(({ presence, online }) => online && presence.vaultId === vaultId);
    if (!vault && !room) throw notFound('vault', vaultId);
    const told = forecast(trends.get(vaultId), { freeBytes: room?.presence.freeBytes ?? null }, now);
    const { from, to } = period;
    return { vaultId, from: from.toISOString(), to: to.toISOString(), points: samples, ...told };
  }
}
