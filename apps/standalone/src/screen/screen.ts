import type { Plan, Run, RunProblem, RunProgress } from '@periodic-backup/contracts';

/** What the launcher tells whoever started it. Nothing here waits or fails. */
export interface Screen {
  /** A step of starting or stopping. */
  step(text: string): void;
  warning(text: string): void;
  problem(text: string): void;
  started(addresses: Addresses, plans: readonly Plan[]): void;
  progress(planName: string, progress: RunProgress): void;
  /** A run is over. `missedRuns`: how many of its plan were missed in a row, this being the last. */
  run(run: Run, problems: readonly RunProblem[], missedRuns: number): void;
  stopped(exitCode: number): void;
}

export interface Addresses {
  readonly api: string;
  /** The web console. */
  readonly console: string;
  readonly receiver: string;
  readonly targetDir: string;
  readonly dataDir: string;
  readonly logsDir: string;
  readonly agentId: string;
  readonly vaultId: string;
  readonly allowedDirs: readonly string[];
  readonly pids: Readonly<Record<string, number | undefined>>;
}
