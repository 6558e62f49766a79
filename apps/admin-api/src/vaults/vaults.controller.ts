import { Body, Controller, Get, HttpCode, Inject, Param, Patch, Post } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ReindexAccepted, VaultChange, VaultPage, VaultView } from '@periodic-backup/contracts';
import { allVaultLimits, listVaults, type Ledger } from '@periodic-backup/ledger';
import { z } from 'zod';
import { Presence, noneWhileAway } from '../connections/presence.js';
import { LEDGER } from '../connections/tokens.js';
import { ApiProblems } from '../http/api-answers.js';
import { notFound } from '../http/problem.js';
import { SettingsKeeper } from '../receivers/settings-keeper.js';
import { VaultWork } from './vault-work.js';
import { vaultViews } from './vault-views.js';

const Id = z.uuid('must be a UUID');

@ApiTags('vaults')
@ApiProblems(503)
@Controller('api/v1/vaults')
export class VaultsController {
  constructor(
    @Inject(LEDGER) private readonly ledger: Ledger,
    private readonly presence: Presence,
    private readonly settings: SettingsKeeper,
    private readonly work: VaultWork,
  ) {}

  @Get()
  @ApiOperation({ summary: 'List vaults with their snapshots counted and the space they have' })
  @ApiOkResponse({ description: 'All of them', standardSchema: VaultPage })
  async list(): Promise<z.infer<typeof VaultPage>> {
    return { items: await this.#views(), nextCursor: null };
  }

  @Get(':id')
  @ApiOperation({ summary: 'Read a vault' })
  @ApiOkResponse({ description: 'The vault', standardSchema: VaultView })
  @ApiProblems(400, 404)
  async get(@Param('id', { schema: Id }) id: string): Promise<z.infer<typeof VaultView>> {
    const vault = (await this.#views()).find((view) => view.id === id);
    if (!vault) throw notFound('vault', id);
    return vault;
  }

  @Patch(':id')
  @ApiOperation({
    summary: 'Limit the runs a vault bears at once, or the bytes per second of all its receivers together',
  })
  @ApiOkResponse({
    description: 'The vault; what is under way is not interrupted',
    standardSchema: VaultView,
  })
  @ApiProblems(400, 404)
  async change(
    @Param('id', { schema: Id }) id: string,
    @Body({ schema: VaultChange }) change: z.infer<typeof VaultChange>,
  ): Promise<z.infer<typeof VaultView>> {
    await this.get(id);
    await this.settings.setVault(id, change);
    return this.get(id);
  }

  @Post(':id/reindex')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Record every snapshot that the vault holds, also those the ledger never knew or lost',
  })
  @ApiAcceptedResponse({
    description: 'A receiver of the vault will report them',
    standardSchema: ReindexAccepted,
  })
  @ApiProblems(400, 404)
  async reindex(@Param('id', { schema: Id }) id: string): Promise<z.infer<typeof ReindexAccepted>> {
    const { receiversOnline } = await this.get(id);
    await this.work.reindex(id);
    return { vaultId: id, receiversOnline };
  }

  async #views(): Promise<VaultView[]> {
    const [known, receivers, limits] = await Promise.all([
      listVaults(this.ledger),
      this.presence.receivers().catch(noneWhileAway),
      allVaultLimits(this.ledger),
    ]);
    return vaultViews(known, receivers, limits);
  }
}
