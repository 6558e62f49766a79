import { ConfigError } from '@periodic-backup/platform';
import { CredentialsError, CredentialsFolder, awaitCredentials, variablesOf } from '@periodic-backup/trust';

/** Whoever starts receiver and control plane together starts them in any order. */
const CREDENTIALS_DEADLINE_MS = 60_000;

/** The environment of a receiver, completed from its credentials; what is set by hand counts. @throws ConfigError */
export async function receiverEnvironment(given: NodeJS.ProcessEnv): Promise<NodeJS.ProcessEnv> {
  const directory = given['CREDENTIALS_DIR'];
  if (!directory) return given;
  const folder = new CredentialsFolder(directory);
  try {
    await awaitCredentials(folder, CREDENTIALS_DEADLINE_MS);
    return { ...variablesOf(folder, 'receiver'), ...given };
  } catch (error) {
    if (error instanceof CredentialsError) throw new ConfigError([error.message]);
    throw error;
  }
}
