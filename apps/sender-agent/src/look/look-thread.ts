import { parentPort, workerData } from 'node:worker_threads';
import type { AgentQuestion } from '@periodic-backup/contracts';
import type { AllowedDirectories } from '../checks/check-directories.js';
import { CancelFlag } from '../transfer/cancel-flag.js';
import { answerQuestion } from './answer-question.js';

/** The thread that looks: it may block on files; the main thread keeps Redis and heartbeats. */
const port = parentPort;
if (!port) throw new Error('This module runs as a worker thread.');

const allowed = workerData as AllowedDirectories;

port.on('message', ({ question, memory }: { question: AgentQuestion; memory: SharedArrayBuffer }) => {
  port.postMessage(answerQuestion(question, allowed, new CancelFlag(memory)));
});
