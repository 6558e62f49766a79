import type { Vault } from '@periodic-backup/vault';
import { parentPort, workerData } from 'node:worker_threads';
import { sharedBuffers } from '../transport/receive-buffers.js';
import { openVault } from '../vault/open-vault.js';
import { packError, unpackError } from './error-on-the-way.js';
import type { Post, SessionInWorker } from './session-in-worker.js';
import type { ToWorker, WorkerSettings } from './session-messages.js';
import { VaultTaskRunner } from './vault-task-runner.js';
import { WorkerReading } from './worker-reading.js';
import { WorkerSession } from './worker-session.js';

/*
 * Entry of a session worker: at most one backup at a time or a few readers, and now and then a task on the vault. A
 * session that goes wrong is closed by itself; a defect ends this thread, and with it the sessions in it only.
 */
const port = parentPort;
if (!port) throw new Error('session-worker.js runs as a worker thread of the receiver only.');
const post: Post = (message, transfer = []) => port.postMessage(message, transfer);

const { targetDir, vaultName, shared } = workerData as WorkerSettings;
const buffers = sharedBuffers(shared);
let opened: Vault | null = null;
const vault = (): Vault => (opened ??= openVault(targetDir, vaultName));

const tasks = new VaultTaskRunner();
const sessions = new Map<number, SessionInWorker>();

function open(message: Extract<ToWorker, { type: 'open' }>): void {
  const { session, request } = message;
  try {
    const receipt = vault().findReceipt(request, request.runId);
    if (receipt) return post({ type: 'repeated', session, receipt });
    sessions.set(session, new WorkerSession(message, vault(), post, () => sessions.delete(session)));
  } catch (error) {
    post({ type: 'refused', session, error: packError(error) });
  }
}

function openReading(message: Extract<ToWorker, { type: 'open-reading' }>): void {
  const { session } = message;
  try {
    sessions.set(session, new WorkerReading(message, vault(), post, () => sessions.delete(session)));
  } catch (error) {
    post({ type: 'refused', session, error: packError(error) });
  }
}

function runTask({ task, work }: Extract<ToWorker, { type: 'task' }>): void {
  try {
    post({ type: 'task-done', task, result: tasks.run(work, vault()) });
  } catch (error) {
    post({ type: 'task-failed', task, error: packError(error) });
  }
}

function receive({ session, bytes, lengthBytes }: Extract<ToWorker, { type: 'bytes' }>): void {
  const moved = typeof bytes !== 'number';
  const received = moved ? Buffer.from(bytes, 0, lengthBytes) : buffers[bytes]?.subarray(0, lengthBytes);
  if (received) sessions.get(session)?.receive(received);
  post({ type: 'consumed', session, bytes }, moved ? [bytes] : []);
}

function handle(message: ToWorker): void {
  switch (message.type) {
    case 'open':
      return open(message);
    case 'open-reading':
      return openReading(message);
    case 'task':
      return runTask(message);
    case 'bytes':
      return receive(message);
    case 'left':
      return sessions.get(message.session)?.left(message.lengthBytes, message.memory);
    case 'held':
      return sessions.get(message.session)?.hold(message.held);
    case 'end':
      return sessions.get(message.session)?.end();
    case 'fail':
      return sessions.get(message.session)?.fail(unpackError(message.error));
  }
}

/*
 * One message per turn of the event loop. A port hands over up to 1000 messages in a row, and as long as a turn lasts no
 * timer runs and no memory of native digests is freed: 350 bytes per file.
 */
const waiting: ToWorker[] = [];
function handleNext(): void {
  const message = waiting.shift();
  if (!message) return;
  if (waiting.length > 0) setImmediate(handleNext);
  handle(message);
}
port.on('message', (message: ToWorker) => {
  if (waiting.push(message) === 1) setImmediate(handleNext);
});

/* A defect ends the thread but not the process, whose readers' leases would otherwise hold snapshots for ever. */
process.once('exit', () => {
  for (const session of sessions.values()) session.end();
  tasks.stop();
});

try {
  vault();
} catch {
  // Opened again by the first session, which is told why it fails.
}
post({ type: 'ready' });
