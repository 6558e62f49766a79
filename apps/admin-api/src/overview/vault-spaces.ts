import { Inject, Injectable } from '@nestjs/common';
import type { VaultSpace } from '@periodic-backup/contracts';
import { allVaultLimits, listVaults, readVaultTrends, type Ledger } from '@periodic-backup/ledger';
import { TREND_DAYS, forecast } from '../charts/vault-growth.js';
import { Presence, noneWhileAway } from '../connections/presence.js';
import { LEDGER } from '../connections/tokens.js';
import { vaultViews } from '../vaults/vault-views.js';
import { RecentAnswer } from './recent-answer.js';

const DAY_MS = 86_400_000;
const MAX_VAULTS = 100;
const MANY_SAMPLES = 100;
const MANY_SNAPSHOTS = 20_000;

/** The space of every vault and for how long it will do. */
@Injectable()
export class VaultSpaces {
  readonly #trends = new RecentAnswer(
    () => readVaultTrends(this.ledger, new Date(Date.now() - TREND_DAYS * DAY_MS)),
    // Samples come once an hour.
    (trends) => ([...trends.values()].some(({ samples }) => samples > MANY_SAMPLES) ? 60_000 : 0),
  );
  readonly #vaults = new RecentAnswer(
    () => listVaults(this.ledger),
    // Their snapshots are counted one by one.
    (vaults) => (vaults.some(({ snapshots }) => snapshots > MANY_SNAPSHOTS) ? 10_000 : 0),
  );

  constructor(
    @Inject(LEDGER) private readonly ledger: Ledger,
    private readonly presence: Presence,
  ) {}

  /** Fullest first as far as that is known. */
  async all(now: Date): Promise<VaultSpace[]> {
    const [known, receivers, limits, trends] = await Promise.all([
      this.#vaults.get(),
      this.presence.receivers().catch(noneWhileAway),
      allVaultLimits(this.ledger),
      this.#trends.get(),
    ]);
    return vaultViews(known, receivers, limits)
      .map(({ id, name, freeBytes, totalBytes, snapshots, receiversOnline }) => ({
        ...{ vaultId: id, name, freeBytes, totalBytes, snapshots, receiversOnline },
        daysToFull: forecast(trends.get(id), { freeBytes }, now).daysToFull,
      }))
      .sort((a, b) => freeShare(a) - freeShare(b))
      .slice(0, MAX_VAULTS);
  }
}

function freeShare({ freeBytes, totalBytes }: VaultSpace): number {
  return freeBytes === null || !totalBytes ? 1 : freeBytes / totalBytes;
}
