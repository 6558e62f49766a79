import type { Measurement } from './contestant.js';

export interface Row {
  readonly contestant: string;
  readonly rounds: readonly Measurement[];
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}

const mib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MiB`;

/** A Markdown table: medians, their spread, and our time as a ratio to each peer's in the same rounds. */
export function table(title: string, rows: readonly Row[]): string {
  const ours = median((rows[0] as Row).rounds.map((one) => one.seconds));
  const lines = rows.map(({ contestant, rounds }, index) => {
    const seconds = rounds.map((one) => one.seconds);
    const wire = rounds.flatMap((one) => (one.wireBytes === null ? [] : [one.wireBytes]));
    const peaks = Object.keys(rounds[0]?.peakBytes ?? {})
      .map((name) => `${name} ${mib(Math.max(...rounds.map((one) => one.peakBytes[name] ?? 0)))}`)
      .join(', ');
    return `| ${[
      contestant,
      median(seconds).toFixed(2),
      `${Math.min(...seconds).toFixed(2)}–${Math.max(...seconds).toFixed(2)}`,
      index === 0 ? '' : `${(ours / median(seconds)).toFixed(2)} ×`,
      wire.length === 0 ? '–' : mib(median(wire)),
      peaks,
    ].join(' | ')} |`;
  });
  return [
    `\n### ${title}\n`,
    '| who | median s | range s | ours ÷ theirs | on the wire | peak memory |',
    '| --- | --- | --- | --- | --- | --- |',
    ...lines,
  ].join('\n');
}
