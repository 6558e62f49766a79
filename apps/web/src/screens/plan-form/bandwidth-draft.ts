import type { Bandwidth } from '@periodic-backup/contracts/http';
import { EVERY_DAY } from './schedule-draft.js';

export const RATE_UNITS = ['KiB/s', 'MiB/s', 'GiB/s'] as const;
export type RateUnit = (typeof RATE_UNITS)[number];

/** Bytes per second as they are filled in. `limited` false: full speed. */
export interface RateDraft {
  readonly limited: boolean;
  readonly count: number;
  readonly unit: RateUnit;
}

/** A part of the day with a rate of its own. */
export interface WindowDraft {
  readonly id: number;
  readonly days: readonly number[];
  readonly from: string;
  readonly to: string;
  readonly rate: RateDraft;
}

export interface BandwidthDraft {
  readonly rate: RateDraft;
  readonly timezone: string;
  readonly windows: readonly WindowDraft[];
}

const UNLIMITED: RateDraft = { limited: false, count: 10, unit: 'MiB/s' };

export function newBandwidth(timezone: string): BandwidthDraft {
  return { rate: UNLIMITED, timezone, windows: [] };
}

/** Working hours, with a limit: what most timetables are for. */
export function newWindow(id: number): WindowDraft {
  return {
    ...{ id, days: [1, 2, 3, 4, 5], from: '08:00', to: '18:00' },
    rate: { limited: true, count: 2, unit: 'MiB/s' },
  };
}

export function draftOfBandwidth(bandwidth: Bandwidth | null, timezone: string): BandwidthDraft {
  if (!bandwidth) return newBandwidth(timezone);
  return {
    rate: rateOf(bandwidth.bytesPerSecond),
    timezone: bandwidth.timezone,
    windows: bandwidth.windows.map(({ days, from, to, bytesPerSecond }, id) => ({
      ...{ id, days: days ?? EVERY_DAY, from, to, rate: rateOf(bytesPerSecond) },
    })),
  };
}

/** As the API takes it; null: always at full speed. */
export function bandwidthOf({ rate, timezone, windows }: BandwidthDraft): Bandwidth | null {
  if (!rate.limited && windows.length === 0) return null;
  return {
    bytesPerSecond: bytesOf(rate),
    timezone,
    windows: windows.map(({ days, from, to, rate: ofWindow }) => ({
      ...(days.length === 7 ? {} : { days: [...days].sort((a, b) => a - b) }),
      ...{ from, to, bytesPerSecond: bytesOf(ofWindow) },
    })),
  };
}

/** An empty number is a limit of nothing: the API says what it must be. */
function bytesOf({ limited, count, unit }: RateDraft): number | null {
  return limited ? Math.round((count || 0) * 1024 ** (RATE_UNITS.indexOf(unit) + 1)) : null;
}

function rateOf(bytesPerSecond: number | null): RateDraft {
  if (bytesPerSecond === null) return UNLIMITED;
  const power = [2, 1, 0].find((step) => bytesPerSecond % 1024 ** (step + 1) === 0) ?? 0;
  return { limited: true, count: bytesPerSecond / 1024 ** (power + 1), unit: RATE_UNITS[power]! };
}
