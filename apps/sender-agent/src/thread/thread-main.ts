import { parentPort, workerData } from 'node:worker_threads';
import { CredentialsFolder } from '@periodic-backup/trust';
import { doTask } from '../run/do-task.js';
import { PendingRules } from '../state/pending-rules.js';
import { StateFolder } from '../state/state-folder.js';
import { CancelFlag } from '../transfer/cancel-flag.js';
import { FULL_SHARE, type AgentShare } from '../transfer/pace.js';
import type { ThreadMessage, ThreadSettings, ToThread } from './thread-messages.js';

/** The thread of one run: it owns the socket and may block on files; the main thread keeps Redis and heartbeats. */
const port = parentPort;
if (!port) throw new Error('This module runs as a worker thread.');

const { stateDir, credentialsDir, ...settings } = workerData as ThreadSettings;
const folder = new CredentialsFolder(credentialsDir);
const state = StateFolder.open(stateDir);
let share: AgentShare = FULL_SHARE;
const context = {
  ...{ ...settings, state, pending: new PendingRules(state.rules), shareOf: () => share },
  credentials: () => folder.load(),
};

const tell = (message: ThreadMessage): void => port.postMessage(message);

port.on('message', (message: ToThread) => {
  if (message.kind === 'share') {
    share = message.share;
    return;
  }
  const { task, cancelMemory } = message;
  const listener = {
    connected: (receiverId: string) => tell({ kind: 'connected', receiverId }),
    progress: (
      progress: Extract<ThreadMessage, { kind: 'progress' }>['progress'],
      counts: Extract<ThreadMessage, { kind: 'progress' }>['counts'],
    ) => tell({ kind: 'progress', progress, counts }),
  };
  void doTask(task, context, listener, new CancelFlag(cancelMemory)).then((end) =>
    tell({ kind: 'ended', end }),
  );
});
tell({ kind: 'ready' });
