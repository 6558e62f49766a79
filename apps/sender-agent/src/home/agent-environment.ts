import { ConfigError } from '@periodic-backup/platform';
import { CredentialsError, CredentialsFolder, awaitCredentials, variablesOf } from '@periodic-backup/trust';
import { AgentHome } from './agent-home.js';

/** Whoever starts agent and control plane together starts them in any order. */
const CREDENTIALS_DEADLINE_MS = 60_000;

/**
 * The environment of an agent, completed: from its home, if it has joined and nothing names an agent here; and from its
 * credentials. What is set by hand counts, but no server has a say in what this machine allows.
 * @throws ConfigError
 */
export async function agentEnvironment(given: NodeJS.ProcessEnv): Promise<NodeJS.ProcessEnv> {
  const fromHome = given['AGENT_ID'] === undefined && given['CREDENTIALS_DIR'] === undefined;
  const home = AgentHome.of(given);
  const environment = fromHome
    ? { CREDENTIALS_DIR: home.credentials.path, STATE_DIR: home.stateDir, ...home.settings(), ...given }
    : given;
  const directory = environment['CREDENTIALS_DIR'];
  if (!directory) return environment;
  const folder = new CredentialsFolder(directory);
  try {
    await awaitCredentials(folder, fromHome ? 0 : CREDENTIALS_DEADLINE_MS);
    const { id } = folder.load();
    const agentId = environment['AGENT_ID'] ?? id;
    if (agentId !== id)
      throw new CredentialsError(
        `The credentials in ${directory} are those of agent "${id}", not of "${agentId}": correct AGENT_ID, or join again.`,
      );
    return { ...variablesOf(folder, 'agent'), AGENT_ID: id, ...environment };
  } catch (error) {
    if (error instanceof CredentialsError) throw new ConfigError([error.message]);
    throw error;
  }
}
