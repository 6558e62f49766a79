import { readFileSync } from 'node:fs';
import { CommandError } from '../exit-codes.js';
import type { CredentialStore } from './credential-store.js';
import { findLocalInstance } from './local-instance.js';

export const DEFAULT_API = 'http://127.0.0.1:7300';

export interface ApiOptions {
  /** Undefined: nobody said. */
  readonly api?: string | undefined;
  readonly token?: string | undefined;
  readonly tokenFile?: string | undefined;
}

/**
 * Which API, and with which token: what was said counts first, then what `pbk login` keeps for that address, then the
 * launcher's own token if it is its API.
 */
export function chooseApi(
  { api, token, tokenFile }: ApiOptions,
  store: CredentialStore,
  env: NodeJS.ProcessEnv,
): { url: string; token: string | undefined } {
  const local = findLocalInstance(env);
  const url = (api ?? local?.api ?? DEFAULT_API).replace(/\/+$/, '');
  if (!/^https?:\/\/[^/]/.test(url))
    throw new CommandError(`--api ${url}: must be a URL such as ${DEFAULT_API}.`);
  return {
    url,
    token:
      token ??
      (tokenFile === undefined ? undefined : readToken(tokenFile)) ??
      store.find(url)?.token ??
      (local?.api === url ? local.token : undefined),
  };
}

function readToken(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new CommandError(`--token-file ${file} cannot be read: ${(error as Error).message}.`);
  }
}
