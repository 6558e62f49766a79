/** Deadlines and pauses of a transfer. */
export interface TransferTimes {
  /** A connection stands after this long, or the next receiver is tried. */
  readonly connectMs: number;
  /** How often silence is looked for. */
  readonly beatMs: number;
  /** Something is sent at least this often. SPEC.md §3. */
  readonly keepaliveMs: number;
  /** A receiver that says nothing for this long is taken for lost. */
  readonly silenceMs: number;
  /** The same while it commits: flushing a file system may keep it busy. */
  readonly commitSilenceMs: number;
  /** Pause before the second round through the receivers; doubles up to `roundPauseMaxMs`. */
  readonly roundPauseMs: number;
  readonly roundPauseMaxMs: number;
  /** Without any new byte of content for this long after a failure, the attempt is given up. */
  readonly giveUpMs: number;
}

export const TRANSFER_TIMES: TransferTimes = {
  connectMs: 5_000,
  beatMs: 1_000,
  keepaliveMs: 5_000,
  silenceMs: 60_000,
  commitSilenceMs: 900_000,
  roundPauseMs: 250,
  roundPauseMaxMs: 5_000,
  giveUpMs: 60_000,
};
