import { queryOptions } from '@tanstack/react-query';

import { ApiError, ApiUnreachableError } from '@periodic-backup/api-client/http';

/** Who looks at the console, and what they may do. */
export interface Session {
  readonly user: { readonly id: string; readonly name: string } | null;
  readonly role: string;
  readonly rights: readonly string[];
  readonly loginNeeded: boolean;
}

/** An API that knows no users lets everybody who reaches it do everything. */
const OPEN: Session = { user: null, role: 'admin', rights: ['*'], loginNeeded: false };
const NOBODY: Session = { user: null, role: 'none', rights: [], loginNeeded: true };

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: readSession,
  staleTime: 5 * 60_000,
});

async function readSession({ signal }: { signal: AbortSignal }): Promise<Session> {
  const response = await fetch('/api/v1/me', { signal }).catch((error: unknown) => {
    if (signal.aborted) throw error;
    throw new ApiUnreachableError('The admin API does not answer: is it running, and is the network up?');
  });
  if (response.status === 404) return OPEN;
  if (response.status === 401) return NOBODY;
  if (!response.ok) throw new ApiError(`GET /me answered ${response.status}.`, response.status);
  return (await response.json()) as Session;
}

export async function logIn(name: string, password: string): Promise<void> {
  const response = await fetch('/api/v1/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name, password }),
  });
  if (response.ok) return;
  const problem = (await response.json().catch(() => null)) as { detail?: string } | null;
  throw new ApiError(problem?.detail ?? `The log-in answered ${response.status}.`, response.status);
}

export async function logOut(): Promise<void> {
  await fetch('/api/v1/session', { method: 'DELETE' });
}

export function mayDo(session: Session, right: string): boolean {
  return session.rights.includes('*') || session.rights.includes(right);
}
