import type { DataSet } from './data-sets.js';

/** What one backup cost. */
export interface Measurement {
  readonly seconds: number;
  /** Bytes sent over the network, where the contestant counts them. */
  readonly wireBytes: number | null;
  /** Peak resident bytes by process. */
  readonly peakBytes: Readonly<Record<string, number>>;
}

/** Somebody who can back a data set up. Each `first` goes to an empty place, each `again` follows the last backup. */
export interface Contestant {
  readonly name: string;
  /** Readies an empty place for the next `first`; not timed. */
  reset(): Promise<void>;
  first(set: DataSet): Promise<Measurement>;
  again(set: DataSet): Promise<Measurement>;
  close(): Promise<void>;
}
