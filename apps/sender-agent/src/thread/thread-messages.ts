import type { RunCounts } from '@periodic-backup/contracts';
import type { AllowedDirectories } from '../checks/check-directories.js';
import type { RunEnd } from '../run/run-backup.js';
import type { AgentShare } from '../transfer/pace.js';
import type { RunTask } from '../runs/run-task.js';
import type { Progress } from '../transfer/run-tally.js';
import type { TransferTimes } from '../transfer/transfer-times.js';

/** What a thread is born with. */
export interface ThreadSettings {
  readonly agentId: string;
  readonly software: string;
  readonly ticketKeyFile: string;
  readonly credentialsDir: string;
  readonly allowed: AllowedDirectories;
  readonly stateDir: string;
  readonly drillDir: string;
  readonly times: TransferTimes;
}

/** Main thread → thread: one task at a time, and before and meanwhile its share of the agent's bandwidth. */
export type ToThread =
  | { readonly kind: 'task'; readonly task: RunTask; readonly cancelMemory: SharedArrayBuffer }
  | { readonly kind: 'share'; readonly share: AgentShare };

/** Thread → main thread. */
export type ThreadMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'connected'; readonly receiverId: string }
  | { readonly kind: 'progress'; readonly progress: Progress; readonly counts: RunCounts }
  | { readonly kind: 'ended'; readonly end: RunEnd };
