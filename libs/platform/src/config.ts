import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { DATABASE_URL_FORM, databaseUrlProblem } from './database-url.js';
import { REDIS_URL_FORMS, RedisUrlError, parseRedisUrl } from './redis-url.js';

/** The configuration cannot be used; `message` lists every problem at once. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  constructor(readonly problems: readonly string[]) {
    super(
      `The configuration has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}:\n` +
        problems.map((problem) => `  - ${problem}`).join('\n'),
    );
  }
}

/**
 * Reads a service's configuration from environment variables and checks it as a whole. For every variable
 * `X` a variable `X_FILE` may name a file that holds the value (secrets). Empty values count as not set.
 * @throws ConfigError with every problem, in words
 */
export function loadConfig<T extends z.ZodObject>(
  schema: T,
  env: NodeJS.ProcessEnv = process.env,
): z.infer<T> {
  const problems: string[] = [];
  const values: Record<string, string> = {};
  for (const name of Object.keys(schema.shape)) {
    const value = env[name];
    const file = env[`${name}_FILE`];
    if (value && file) problems.push(`${name} and ${name}_FILE are both set: keep one.`);
    else if (value) values[name] = value;
    else if (file) {
      try {
        values[name] = readFileSync(file, 'utf8').trim();
      } catch (error) {
        problems.push(`${name}_FILE: ${(error as Error).message}`);
      }
    }
  }
  const parsed = schema.safeParse(values);
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      const name = String(issue.path[0] ?? '');
      if (problems.some((problem) => problem.startsWith(`${name}_FILE`))) continue;
      const given = values[name] === undefined ? 'is not set and has no default' : `${issue.message}`;
      const what = schema.shape[name]?.meta()?.description;
      problems.push(`${name} ${given}${what ? ` (${what})` : ''}`);
    }
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return parsed.data as z.infer<T>;
}

export interface ConfigVariable {
  readonly name: string;
  readonly description: string;
  readonly defaultValue: string | null;
}

/** Name, meaning and default of every variable of a schema: what the documented table is made from. */
export function describeConfig(schema: z.ZodObject): ConfigVariable[] {
  return Object.entries(schema.shape).map(([name, field]) => {
    const parsed = (field as z.ZodType).safeParse(undefined);
    const value: unknown = parsed.success ? parsed.data : undefined;
    return {
      name,
      description: (field as z.ZodType).meta()?.description ?? '',
      defaultValue: value === undefined || value === null ? null : String(value),
    };
  });
}

/** Building blocks for schemas; values arrive as text. */
export const env = {
  port: (description: string, defaultPort: number) =>
    z.coerce
      .number({ error: 'must be a port number' })
      .int('must be a port number')
      .min(0, 'must be a port from 0 to 65535')
      .max(65535, 'must be a port from 0 to 65535')
      .default(defaultPort)
      .meta({ description }),
  optionalPort: (description: string) =>
    z.coerce
      .number({ error: 'must be a port number' })
      .int('must be a port number')
      .min(1, 'must be a port from 1 to 65535')
      .max(65535, 'must be a port from 1 to 65535')
      .optional()
      .meta({ description }),
  integer: (description: string, min: number, max: number, defaultValue: number) =>
    z.coerce
      .number({ error: 'must be a whole number' })
      .int('must be a whole number')
      .min(min, `must be at least ${min}`)
      .max(max, `must be at most ${max}`)
      .default(defaultValue)
      .meta({ description }),
  text: (description: string, defaultValue?: string) =>
    defaultValue === undefined
      ? z.string().min(1).meta({ description })
      : z.string().min(1).default(defaultValue).meta({ description }),
  optionalText: (description: string) => z.string().min(1).optional().meta({ description }),
  redisUrl: () =>
    redisUrl()
      .default('redis://localhost:6379')
      .meta({ description: `Redis that carries jobs and heartbeats: ${REDIS_URL_FORMS}` }),
  optionalRedisUrl: (description: string) => redisUrl().optional().meta({ description }),
  redisTlsCa: () =>
    certificates('Private CA (PEM) that signed the certificates of Redis; default: the public CAs'),
  databaseUrl: () =>
    z
      .string({ error: DATABASE_URL_FORM })
      .superRefine((url, context) => {
        const message = databaseUrlProblem(url);
        if (message !== null) context.addIssue({ code: 'custom', message });
      })
      .meta({
        description:
          'PostgreSQL that holds the ledger: postgres://user:password@host:port/database[?sslmode=verify-full]',
      }),
  databaseCa: () =>
    certificates(
      'Private CA (PEM) that signed the certificate of PostgreSQL; with it the connection is always encrypted; ' +
        'default: the public CAs',
    ),
  secretsKeyFile: () =>
    env.optionalText(
      'File of the key that seals secrets of alert channels in the ledger, the same for scheduler and admin API: 64 hexadecimal ' +
        'digits, older keys on further lines; whoever comes first makes it',
    ),
  logLevel: () =>
    z
      .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal'], {
        error: 'must be trace, debug, info, warn, error or fatal',
      })
      .default('info')
      .meta({ description: 'Least level that is logged: trace, debug, info, warn, error, fatal' }),
};

function redisUrl() {
  return z.string().superRefine((url, context) => {
    try {
      parseRedisUrl(url);
    } catch (error) {
      if (!(error instanceof RedisUrlError)) throw error;
      context.addIssue({ code: 'custom', message: error.message });
    }
  });
}

/** PEM text; given by the variable with `_FILE` as a rule. */
function certificates(description: string) {
  return z
    .string()
    .refine(holdsCertificate, 'must be one or more certificates in PEM ("-----BEGIN CERTIFICATE-----" …)')
    .optional()
    .meta({ description });
}

function holdsCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).subject !== '';
  } catch {
    return false;
  }
}
