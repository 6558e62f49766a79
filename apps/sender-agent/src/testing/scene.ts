import { temporaryDirectory } from '@periodic-backup/testing';
import { RecordingVault } from './recording-vault.js';
import { TestReceiver } from './test-receiver.js';
import { TestAgent } from './test-run.js';

/** An agent, a vault in memory and a receiver in front of it, in a directory of their own. */
export interface Scene {
  readonly root: string;
  readonly agent: TestAgent;
  readonly vault: RecordingVault;
  readonly receiver: TestReceiver;
  close(): Promise<void>;
}

export async function openScene(): Promise<Scene> {
  const directory = await temporaryDirectory();
  const agent = new TestAgent(directory.path);
  const vault = new RecordingVault();
  const receiver = await TestReceiver.open(vault, agent.orderOf);
  return {
    ...{ root: directory.path, agent, vault, receiver },
    async close() {
      await receiver.close();
      await directory.remove();
    },
  };
}
