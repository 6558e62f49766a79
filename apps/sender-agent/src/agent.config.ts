import { join } from 'node:path';
import { z } from 'zod';
import { AgentId } from '@periodic-backup/contracts';
import { env } from '@periodic-backup/platform';

/** Absolute paths, separated by colons as in PATH. */
const directoryList = z
  .string()
  .transform((text) => text.split(':').filter((path) => path !== ''))
  .pipe(
    z.array(z.string().startsWith('/', 'must list absolute paths, separated by ":", such as /srv:/home')),
  );

const directories = (description: string) => directoryList.meta({ description });
const moreDirectories = (description: string) => directoryList.prefault('').meta({ description });

/** Everything the agent is told by its environment; printed as a table in the documentation. */
export const AgentConfig = z.object({
  AGENT_ID: AgentId.meta({
    description: 'Name of this agent, unique among all: lower-case letters, digits and "-"',
  }),
  ALLOWED_DIRS: directories(
    'Directories that plans may name as source or backup directory, with all below them, separated by ":"',
  ),
  BACKUP_DIRS: moreDirectories(
    'Further directories that plans may name as backup directory only, separated by ":"',
  ),
  RESTORE_DIRS: moreDirectories(
    'Further directories that restores may write to, beside those of `ALLOWED_DIRS`, separated by ":"',
  ),
  DRILL_DIR: z
    .union([z.literal(''), z.string().startsWith('/', 'must be an absolute path')])
    .prefault('')
    .meta({
      description: 'Folder that drills restore to and empty again; empty: `drills` below `STATE_DIR`',
    }),
  STATE_DIR: z.string().startsWith('/', 'must be an absolute path').meta({
    description:
      'Folder for what must outlive the process: reports not delivered yet, rules not finished yet',
  }),
  CREDENTIALS_DIR: env.text(
    'Folder with the credentials of this agent, as `sender-agent join` or the control plane wrote it: they bring ' +
      '`AGENT_ID`, `REDIS_URL`, `REDIS_TLS_CA` and `TICKET_PUBLIC_KEY_FILE`. An agent that is told neither this nor ' +
      '`AGENT_ID` starts from `AGENT_HOME`',
  ),
  TICKET_PUBLIC_KEY_FILE: env.text("The scheduler's public key (PEM): only runs it has signed are done"),
  REDIS_URL: env.redisUrl(),
  REDIS_TLS_CA: env.redisTlsCa(),
  CONCURRENCY: env.integer('Runs at the same time', 1, 64, 2),
  GIVE_UP_SECONDS: env.integer(
    'An attempt ends after this many seconds without progress at any receiver; the scheduler tries again later',
    1,
    3600,
    60,
  ),
  STOP_DEADLINE_SECONDS: env.integer('How long running backups may take to stop at SIGTERM', 1, 600, 10),
  HEALTH_HOST: env.text('Address of /livez, /readyz and /metrics', '127.0.0.1'),
  HEALTH_PORT: env.port('Port of /livez, /readyz and /metrics; 0 takes any free one', 0),
  LOG_LEVEL: env.logLevel(),
});
export type AgentConfig = z.infer<typeof AgentConfig>;

/** Where drills restore to. */
export function drillDirOf({ DRILL_DIR, STATE_DIR }: AgentConfig): string {
  return DRILL_DIR === '' ? join(STATE_DIR, 'drills') : DRILL_DIR;
}
