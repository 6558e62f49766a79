import type { AgentTaskJob } from '@periodic-backup/contracts';
import { SessionError } from '@periodic-backup/protocol';
import { SnapshotReader, type OpenedSnapshot } from '@periodic-backup/reader';
import type { CancelFlag } from '../transfer/cancel-flag.js';
import type { RunTally } from '../transfer/run-tally.js';
import { tryReceivers } from '../transfer/try-receivers.js';
import type { AgentContext } from './run-backup.js';

/** One attempt of a restore or a drill on this agent. */
export interface TaskAttempt {
  readonly job: AgentTaskJob;
  readonly context: AgentContext;
  readonly tally: RunTally;
  readonly cancel: CancelFlag;
}

/**
 * Reads a snapshot from one receiver after the other until `use` succeeds; each call goes on where the one before
 * stopped. @throws SessionError the last one; what `use` threw
 */
export async function withSnapshot<T>(
  { job, context, tally, cancel }: TaskAttempt,
  snapshot: string,
  use: (reader: SnapshotReader, opened: OpenedSnapshot) => Promise<T>,
): Promise<T> {
  const { times, software, credentials } = context;
  const { vaultId } = job.taskOrder;
  const givenUp = new AbortController();
  void cancel.raised().then(() => givenUp.abort());
  const read = async (reader: SnapshotReader): Promise<T> => {
    const opened = await reader.open(snapshot);
    if (opened.receipt.snapshot !== snapshot || opened.receipt.vaultId !== vaultId)
      throw new SessionError('BAD_FRAME', 'The receiver opened another snapshot than the one asked for.');
    tally.estimate = opened.receipt.counts;
    tally.restart();
    return use(reader, opened);
  };
  return tryReceivers(
    job.receivers,
    async (receiver) => {
      const options = { software, connectMs: times.connectMs, signal: givenUp.signal, credentials };
      const reader = await SnapshotReader.connect([receiver], job.ticket, options);
      try {
        return await read(reader);
      } finally {
        tally.bytesSent += reader.bytesReceived;
        reader.close();
      }
    },
    { tally, cancel, times },
  );
}
