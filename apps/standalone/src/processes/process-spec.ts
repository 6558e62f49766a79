import type { ChildProcess } from 'node:child_process';

/** How one program of an instance is started, known to be ready, recognised and stopped. */
export interface ProcessSpec {
  /** As people call it; also the name of its log. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env: NodeJS.ProcessEnv;
  readonly uid?: number;
  readonly gid?: number;
  /** Part of the command line that no other program has. */
  readonly marker: string;
  readonly stopSignal: 'SIGTERM' | 'SIGINT';
  /** A channel to the child; it stops by itself when the launcher dies. */
  readonly ipc: boolean;
  /** Resolves when it can be used; given up when `signal` fires. */
  readonly ready: (child: ChildProcess, signal: AbortSignal) => Promise<void>;
}
