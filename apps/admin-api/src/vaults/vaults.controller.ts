import { Controller, Get, Inject } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { VaultView, pageOf } from '@periodic-backup/contracts';
import { listVaults, type Ledger } from '@periodic-backup/ledger';
import type { z } from 'zod';
import { Presence, noneWhileAway } from '../connections/presence.js';
import { LEDGER } from '../connections/tokens.js';
import { ApiProblems } from '../http/api-answers.js';
import { vaultViews } from './vault-views.js';

const VaultPage = pageOf(VaultView, 'VaultPage');

@ApiTags('vaults')
@ApiProblems(503)
@Controller('api/v1/vaults')
export class VaultsController {
  constructor(
    @Inject(LEDGER) private readonly ledger: Ledger,
    private readonly presence: Presence,
  ) {}

  @Get()
  @ApiOperation({ summary: 'List vaults with their snapshots counted and the space they have' })
  @ApiOkResponse({ description: 'All of them', standardSchema: VaultPage })
  async list(): Promise<z.infer<typeof VaultPage>> {
    const [known, receivers] = await Promise.all([
      listVaults(this.ledger),
      this.presence.receivers().catch(noneWhileAway),
    ]);
    return { items: vaultViews(known, receivers), nextCursor: null };
  }
}
