import { join } from 'node:path';
import type { ProcessSpec } from '../processes/process-spec.js';
import { readyMessage } from '../processes/supervised-process.js';

export type ServiceName = 'scheduler' | 'receiver' | 'sender-agent' | 'admin-api';

export interface ServiceOptions {
  /** Folder that holds `<service>/dist/bundle.js`. */
  readonly appsDir: string;
  readonly dataDir: string;
  readonly env: NodeJS.ProcessEnv;
}

/** A service of ours as a process of its own. It ignores its argument, by which a later start recognises it. */
export function service(
  name: ServiceName,
  settings: Readonly<Record<string, string>>,
  { appsDir, dataDir, env }: ServiceOptions,
  /** Several of one kind are told apart by it. */
  calledName: string = name,
): ProcessSpec {
  const marker = `--instance=${dataDir}`;
  return {
    name: calledName,
    command: process.execPath,
    args: [join(appsDir, name, 'dist', 'bundle.js'), marker],
    env: { ...env, ...settings },
    marker,
    stopSignal: 'SIGTERM',
    ipc: true,
    ready: readyMessage,
  };
}

const PASSED_ON =
  /^(PATH|HOME|USER|LOGNAME|TMPDIR|TZ|LANG|LC_.*|LD_LIBRARY_PATH|NODE_COMPILE_CACHE|NODE_EXTRA_CA_CERTS|LOG_LEVEL|VAULT_NAME|ADVERTISED_HOST|ADVERTISED_PORT|FLEET_PORT|FLEET_HOST|FLEET_ADDRESS|FLEET_REDIS_URL)$/;

/** What of the launcher's environment the programs may see: a stray PORT or API_TOKEN must not configure them. */
export function passedOn(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => PASSED_ON.test(name)));
}
