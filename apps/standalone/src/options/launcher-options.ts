import type { AfterTransmit, Schedule } from '@periodic-backup/contracts';

/** What the command line asks for. Paths are absolute; whether they can be used is for `checks` to say. */
export interface LauncherOptions {
  readonly sourceDirs: readonly string[];
  /** Null: as at the last start, else `DEFAULT_TARGET`. */
  readonly targetDir: string | null;
  /** The plan's wishes: undefined where nothing was said, so that a restart changes nothing unasked. */
  readonly backupDir: string | undefined;
  readonly afterTransmit: AfterTransmit | undefined;
  readonly schedule: Schedule | undefined;
  readonly excludes: readonly string[] | undefined;
  /** Directories that plans made through the API may read, too. */
  readonly allowedDirs: readonly string[];
  /** Directories that restores may write to, beside the sources. */
  readonly restoreDirs: readonly string[];
  readonly receiverHost: string;
  readonly receiverPort: number;
  readonly apiPort: number;
  readonly maxClients: number;
  readonly dataDir: string;
  readonly once: boolean;
  readonly json: boolean;
}

export const DEFAULT_TARGET = 'backups';
export const DEFAULT_RESTORE = 'restored';
export const DEFAULT_SCHEDULE: Schedule = { kind: 'every', everySeconds: 3600 };
export const DEFAULT_AFTER_TRANSMIT: AfterTransmit = 'keep';
