const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'] as const;

/** A size for people, in IEC units with three figures: `1.46 MiB`, `812 B`. */
export function formatBytes(bytes: number): string {
  const power = bytes < 1024 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), UNITS.length - 1);
  const value = bytes / 1024 ** power;
  // 1023.6 KiB must not be shown as 1024 KiB.
  if (value >= 1023.5 && power < UNITS.length - 1) return `1.00 ${UNITS[power + 1]}`;
  const digits = power === 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return `${value.toFixed(digits)} ${UNITS[power]}`;
}

export function formatRate(bytesPerSecond: number): string {
  return `${formatBytes(bytesPerSecond)}/s`;
}

const counts = new Intl.NumberFormat('en');
const fewFigures = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 });

/** `1,204,331`. */
export function formatCount(count: number): string {
  return counts.format(count);
}

/** `1.2M`, where there is little room. */
export function formatShortCount(count: number): string {
  return count < 10_000 ? counts.format(count) : fewFigures.format(count);
}

/** `1 file`, `12 files`. */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** `37 %`; never 100 % before it is all. */
export function formatPercent(share: number): string {
  if (share >= 1) return '100 %';
  const percent = Math.max(0, share * 100);
  return percent > 0 && percent < 1 ? '< 1 %' : `${Math.min(99, Math.round(percent))} %`;
}
