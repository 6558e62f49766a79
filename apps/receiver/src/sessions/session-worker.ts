import type { Vault } from '@periodic-backup/vault';
import { parentPort, workerData } from 'node:worker_threads';
import { sharedBuffers } from '../transport/receive-buffers.js';
import { openVault } from '../vault/open-vault.js';
import { packError, unpackError } from './error-on-the-way.js';
import type { FromWorker, ToWorker, WorkerSettings } from './session-messages.js';
import { VaultTaskRunner } from './vault-task-runner.js';
import { WorkerSession } from './worker-session.js';

/*
 * Entry of a session worker: at most one session at a time, and now and then a task on the vault. A session that
 * goes wrong is closed by itself; a defect ends this thread, and with it this session only.
 */
const port = parentPort;
if (!port) throw new Error('session-worker.js runs as a worker thread of the receiver only.');
const post = (message: FromWorker, transfer: ArrayBuffer[] = []): void => port.postMessage(message, transfer);

const { targetDir, vaultName, shared } = workerData as WorkerSettings;
const buffers = sharedBuffers(shared);
let opened: Vault | null = null;
const vault = (): Vault => (opened ??= openVault(targetDir, vaultName));

const tasks = new VaultTaskRunner();
let current: { readonly number: number; readonly session: WorkerSession } | null = null;

function open(message: Extract<ToWorker, { type: 'open' }>): void {
  const { session, request } = message;
  try {
    const receipt = vault().findReceipt(request, request.runId);
    if (receipt) return post({ type: 'repeated', session, receipt });
    current = {
      number: session,
      session: new WorkerSession(message, vault(), post, () => (current = null)),
    };
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

function receive(message: Extract<ToWorker, { type: 'bytes' }>, session: WorkerSession | null): void {
  const { bytes, lengthBytes } = message;
  const moved = typeof bytes !== 'number';
  session?.receive(moved ? Buffer.from(bytes, 0, lengthBytes) : buffers[bytes]!.subarray(0, lengthBytes));
  post({ type: 'consumed', session: message.session, bytes }, moved ? [bytes] : []);
}

function handle(message: ToWorker): void {
  if (message.type === 'open') return open(message);
  if (message.type === 'task') return runTask(message);
  const session = current?.number === message.session ? current.session : null;
  switch (message.type) {
    case 'bytes':
      return receive(message, session);
    case 'held':
      return session?.hold(message.held);
    case 'end':
      return session?.end();
    case 'fail':
      return session?.fail(unpackError(message.error));
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

try {
  vault();
} catch {
  // Opened again by the first session, which is told why it fails.
}
post({ type: 'ready' });
