import { isIP } from 'node:net';
import { z } from 'zod';
import { isLoopback } from '@periodic-backup/contracts';
import { ConfigError, env, loadConfig } from '@periodic-backup/platform';

export { isLoopback };

const token = (description: string) =>
  z
    .string()
    .min(16, 'must have at least 16 characters; make one with: openssl rand -hex 32')
    .optional()
    .meta({ description });

function isAddressOrNetwork(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const family = isIP(address);
  if (family === 0 || more.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

/** Environment of the admin API. */
export const AdminApiConfig = z.object({
  DATABASE_URL: env.databaseUrl(),
  DATABASE_CA: env.databaseCa(),
  REDIS_URL: env.redisUrl(),
  REDIS_TLS_CA: env.redisTlsCa(),
  API_HOST: env.text(
    'Address the API listens on; other than loopback only once there is a user or API_TOKEN',
    '127.0.0.1',
  ),
  API_PORT: env.port('Port of the API, its documentation, health and metrics; 0 takes any free one', 7300),
  API_TOKEN: token(
    'Token that may do everything, sent as "Authorization: Bearer <token>"; with it nobody is let in without a token or a login',
  ),
  API_SERVICE_TOKEN: token(
    'The same for programs of this machine, which the launcher makes: it works beside users and by itself closes nothing',
  ),
  SESSION_IDLE_MINUTES: env.integer(
    'A login in a browser ends after so long without a request',
    1,
    43_200,
    60,
  ),
  SESSION_HOURS: env.integer('A login in a browser ends after so long at the latest', 1, 8760, 24),
  API_TLS_CERT_FILE: env.optionalText(
    'File of the certificate (PEM, with those that lead to its authority) by which the API speaks HTTPS, TLS 1.3 only; taken anew when it changes',
  ),
  API_TLS_KEY_FILE: env.optionalText('File of its key; needed with the certificate'),
  API_TLS_NAMES: z
    .string()
    .regex(
      /^[A-Za-z0-9._:-]+(,[A-Za-z0-9._:-]+)*$/,
      'must be host names and addresses with commas and no spaces',
    )
    .optional()
    .meta({
      description:
        'Instead of these files: host names and addresses, with commas, by which the API is reached; it then speaks HTTPS with a certificate of the built-in authority, renewed by itself',
    }),
  TRUST_PROXY: z
    .string()
    .regex(/^[^,\s]+(,[^,\s]+)*$/, 'must be addresses or networks with commas and no spaces')
    .refine(
      (list) => list.split(',').every(isAddressOrNetwork),
      'must be addresses such as 10.0.0.1 or networks such as 10.0.0.0/8',
    )
    .optional()
    .meta({
      description:
        'Addresses or networks, with commas, of reverse proxies: what these say in X-Forwarded-For, -Host and -Proto is believed, and nobody else',
    }),
  TICKET_PRIVATE_KEY_FILE: env.optionalText(
    "File of the scheduler's key that signs tickets: with it the API looks into snapshots; whoever comes first makes it",
  ),
  TICKET_PUBLIC_KEY_FILE: env.optionalText('File of the public half; needed with the private one'),
  SECRETS_KEY_FILE: env.secretsKeyFile(),
  CONSOLE_DIR: env.optionalText(
    'Folder of the built web console; left out: the one that was built beside this app',
  ),
  AUTHORITY_KEY_FILE: env.optionalText(
    'File of the key of the built-in certificate authority, made at the first start; default: `authority-key.pem` beside the private key of tickets',
  ),
  AUTHORITY_FILE: env.optionalText(
    'File of its certificate; default: `authority.pem` beside the public key of tickets',
  ),
  FLEET_PORT: env.optionalPort(
    'Port on which other machines join and renew their certificates, always with TLS; left out: none',
  ),
  FLEET_HOST: env.text('Address on which they do', '127.0.0.1'),
  FLEET_ADDRESS: z
    .string()
    .regex(/^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+):\d{1,5}$/, 'must be host:port')
    .optional()
    .meta({ description: 'What other machines dial to get there, host:port; default: the above' }),
  FLEET_REDIS_URL: env.optionalRedisUrl(
    'Where members on other machines reach Redis, without user and password; default: `REDIS_URL`',
  ),
  MEMBER_REDIS_USERS: z
    .enum(['own', 'shared'], { error: 'must be own or shared' })
    .default('own')
    .meta({
      description:
        'own: each member has a user in Redis that can touch nothing but its own, kept by this service (Redis 7 or newer). ' +
        'shared: those it provisions use the user and password of `REDIS_URL`',
    }),
  REDIS_TLS_DIR: env.optionalText(
    'Folder that this service keeps filled with `certificate.pem`, `key.pem` and `authority.pem` for Redis to use; members and this service then trust the built-in authority',
  ),
  PROVISION: provisions(
    'Members beside this service that nobody has to invite: role:name:folder, separated by ";"',
  ),
  PROVISION_READABLE: z.enum(['owner', 'all'], { error: 'must be owner or all' }).default('owner').meta({
    description: 'Who may read the secrets in those folders; all: for volumes that only the member mounts',
  }),
  UNDER_LAUNCHER: z
    .enum(['yes', 'no'], { error: 'must be yes or no' })
    .default('no')
    .meta({ description: 'Set by "npm start": the process that started this one starts receivers for it' }),
  LOG_LEVEL: env.logLevel(),
});
export type AdminApiConfig = z.infer<typeof AdminApiConfig>;

/** `agent:server:/var/lib/…;receiver:cellar:/var/lib/…` */
function provisions(description: string) {
  return z
    .string()
    .transform((text) => text.split(';').filter((one) => one.trim() !== ''))
    .pipe(
      z.array(
        z
          .string()
          .regex(
            /^(agent|receiver):[a-z0-9][a-z0-9-]{0,62}:\/.+$/,
            'must be role:name:/folder, separated by ";"',
          )
          .transform((text) => {
            const [role, id, ...directory] = text.split(':');
            return { role: role as 'agent' | 'receiver', id: id as string, directory: directory.join(':') };
          }),
      ),
    )
    .prefault('')
    .meta({ description });
}

/** @throws ConfigError */
export function loadAdminApiConfig(variables: NodeJS.ProcessEnv = process.env): AdminApiConfig {
  const config = loadConfig(AdminApiConfig, variables);
  if ((config.TICKET_PRIVATE_KEY_FILE === undefined) !== (config.TICKET_PUBLIC_KEY_FILE === undefined))
    throw new ConfigError([
      'TICKET_PRIVATE_KEY_FILE and TICKET_PUBLIC_KEY_FILE go together: set both as for the scheduler, or neither.',
    ]);
  if ((config.API_TLS_CERT_FILE === undefined) !== (config.API_TLS_KEY_FILE === undefined))
    throw new ConfigError(['API_TLS_CERT_FILE and API_TLS_KEY_FILE go together: set both or neither.']);
  if (config.API_TLS_NAMES !== undefined && config.API_TLS_CERT_FILE !== undefined)
    throw new ConfigError([
      'API_TLS_NAMES asks for a certificate of the built-in authority, API_TLS_CERT_FILE names one of your own: set one of them.',
    ]);
  if (config.API_TLS_NAMES !== undefined && config.TICKET_PRIVATE_KEY_FILE === undefined)
    throw new ConfigError([
      'API_TLS_NAMES needs the built-in authority: set TICKET_PRIVATE_KEY_FILE and TICKET_PUBLIC_KEY_FILE to the files of the scheduler.',
    ]);
  return config;
}

/** @throws ConfigError if others could reach an API that knows nobody: neither users nor a token */
export function refuseOpenApi({ API_HOST, API_TOKEN }: AdminApiConfig, usersExist: boolean): void {
  if (isLoopback(API_HOST) || API_TOKEN !== undefined || usersExist) return;
  throw new ConfigError([
    `API_HOST is ${API_HOST}, which other machines can reach, and nobody would have to log in: set API_TOKEN (make one with: ` +
      'openssl rand -hex 32), or start on 127.0.0.1 and add a user first (pbk users add NAME --role admin), or stay there.',
  ]);
}
