import { durationInWords, type VaultGrowth } from '@periodic-backup/contracts';
import type { VaultTrend } from '@periodic-backup/ledger';

const DAY_MS = 86_400_000;
/** The trend counts this far back. */
export const TREND_DAYS = 30;
/** A line through less than a day would be the line of an hour. */
const MIN_DAYS = 1;
/** Less would be noise of the disk's other users. */
const MIN_BYTES_PER_DAY = 1024;

export interface VaultRoom {
  readonly freeBytes: number | null;
}

type Forecast = Pick<VaultGrowth, 'bytesPerDay' | 'daysToFull' | 'fullAt' | 'sentence'>;

/** When a vault's disk will be full if it goes on filling as it did; all null with the reason if that cannot be said. */
export function forecast(trend: VaultTrend | undefined, { freeBytes }: VaultRoom, now: Date): Forecast {
  if (!trend || trend.days < MIN_DAYS) return unknown(tooLittle(trend));
  const { bytesPerDay, days } = trend;
  const basis = `over ${roughly(days)}`;
  if (bytesPerDay < MIN_BYTES_PER_DAY)
    return {
      ...unknown(`Its disk did not fill ${basis}: there is no end in sight.`),
      bytesPerDay: Math.round(bytesPerDay),
    };
  if (freeBytes === null)
    return {
      ...unknown('How much is free now is not known: no receiver of the vault is there.'),
      bytesPerDay: Math.round(bytesPerDay),
    };
  const daysToFull = freeBytes / bytesPerDay;
  const fullAt = now.getTime() + daysToFull * DAY_MS;
  return {
    bytesPerDay: Math.round(bytesPerDay),
    daysToFull: Math.round(daysToFull * 10) / 10,
    fullAt: fullAt < 8.64e15 && daysToFull < 36_500 ? new Date(fullAt).toISOString() : null,
    sentence: `By the trend ${basis} its disk is full in ${roughly(daysToFull)}.`,
  };
}

/** A trend is not known by the hour. */
function roughly(days: number): string {
  return durationInWords((days < 2 ? days : Math.round(days)) * DAY_MS);
}

function tooLittle(trend: VaultTrend | undefined): string {
  const known = trend ? `: samples of ${durationInWords(trend.days * DAY_MS)} so far` : '';
  return `Too little is known to say when it will be full${known}. A sample is taken every hour; after a day there is a trend.`;
}

function unknown(sentence: string): Forecast {
  return { bytesPerDay: null, daysToFull: null, fullAt: null, sentence };
}
