import { Controller, Get, Inject, Param, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  HistoryQuery,
  PathHistory,
  SearchPage,
  SearchQuery,
  type SnapshotView,
} from '@periodic-backup/contracts';
import { countSnapshots, encodeCursor, findPlan, listSnapshots, type Ledger } from '@periodic-backup/ledger';
import { z } from 'zod';
import { LEDGER } from '../connections/tokens.js';
import { ApiProblems } from '../http/api-answers.js';
import { notFound } from '../http/problem.js';
import { goneSignal, type RawReply } from './gone-signal.js';
import { nameTest } from './name-pattern.js';
import { pathHistory, type Sighting } from './path-history.js';
import { ReaderPool } from './reader-pool.js';
import { isOfThisSnapshot } from './reading-problems.js';
import { searchNames } from './search-names.js';
import { pathOfQuery } from './snapshot-paths.js';

const Id = z.uuid('must be a UUID');
const BUDGET_MS = 5_000;
const LEDGER_PAGE = 100;

@ApiTags('plans')
@ApiProblems(400, 404, 501, 503)
@Controller('api/v1/plans')
export class PlanBrowseController {
  constructor(
    @Inject(LEDGER) private readonly ledger: Ledger,
    private readonly pool: ReaderPool,
  ) {}

  @Get(':id/search')
  @ApiOperation({ summary: "Search names in a plan's snapshots, newest snapshots first, paths in order" })
  @ApiOkResponse({ description: 'A page', standardSchema: SearchPage })
  async search(
    @Param('id', { schema: Id }) planId: string,
    @Query({ schema: SearchQuery }) query: z.infer<typeof SearchQuery>,
    @Res({ passthrough: true }) reply: RawReply,
  ): Promise<z.infer<typeof SearchPage>> {
    const planSnapshots = await this.#count(planId);
    const snapshots = (await listSnapshots(this.ledger, { planId, limit: query.snapshots })).items;
    const signal = goneSignal(reply);
    const found = await searchNames(snapshots, {
      ...query,
      isMeant: nameTest(query.name),
      budgetMs: BUDGET_MS,
      read: (snapshot, work) => this.pool.with(snapshot, signal, work),
    });
    return { ...found, searchedSnapshots: snapshots.length - found.skipped.length, planSnapshots };
  }

  @Get(':id/history')
  @ApiOperation({ summary: "Follow a path over a plan's snapshots, newest version first" })
  @ApiOkResponse({ description: 'A page', standardSchema: PathHistory })
  async history(
    @Param('id', { schema: Id }) planId: string,
    @Query({ schema: HistoryQuery }) query: z.infer<typeof HistoryQuery>,
    @Res({ passthrough: true }) reply: RawReply,
  ): Promise<z.infer<typeof PathHistory>> {
    const path = pathOfQuery(query);
    await this.#count(planId);
    const signal = goneSignal(reply);
    return pathHistory(
      this.#snapshots(planId, query.cursor),
      (snapshot) => this.#look(snapshot, path, signal),
      {
        limit: query.limit,
        budgetMs: BUDGET_MS,
        cursorBehind: ({ committedAt, id }) => encodeCursor({ at: new Date(committedAt), id }),
      },
    );
  }

  async #look(
    snapshot: SnapshotView,
    path: Buffer,
    signal: AbortSignal,
  ): Promise<Sighting | { readonly skipped: string }> {
    try {
      return await this.pool.with(snapshot, signal, async (reading) => ({
        entry: await reading.find(path),
        owners: reading.opened,
      }));
    } catch (error) {
      if (isOfThisSnapshot(error)) return { skipped: error.message };
      throw error;
    }
  }

  async *#snapshots(planId: string, cursor: string | undefined): AsyncGenerator<SnapshotView, void> {
    let after = cursor;
    for (;;) {
      const { items, nextCursor } = await listSnapshots(this.ledger, {
        planId,
        limit: LEDGER_PAGE,
        cursor: after,
      });
      yield* items;
      if (nextCursor === null) return;
      after = nextCursor;
    }
  }

  /** @throws ProblemError 404 for a plan of which nothing is known, not even a snapshot */
  async #count(planId: string): Promise<number> {
    const snapshots = await countSnapshots(this.ledger, planId);
    if (snapshots === 0 && !(await findPlan(this.ledger, planId))) throw notFound('plan', planId);
    return snapshots;
  }
}
