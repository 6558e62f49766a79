/** What a chart draws. */
export interface ChartData {
  /** Instants, ascending, in seconds since 1970. */
  readonly times: readonly number[];
  readonly series: readonly ChartSeries[];
  /** How the figures of the axis and of the table are written. */
  readonly format: (value: number) => string;
}

export interface ChartSeries {
  readonly label: string;
  /** One for each instant; null: nothing is known. */
  readonly values: readonly (number | null)[];
  readonly tone: 'accent' | 'ok' | 'warn' | 'bad' | 'run' | 'idle';
  readonly draw?: 'line' | 'bars';
}
