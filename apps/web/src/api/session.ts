import type { Me } from '@periodic-backup/contracts/http';
import { queryOptions } from '@tanstack/react-query';

import { ApiError, ApiUnreachableError } from '@periodic-backup/api-client/http';

/** Who looks at the console, and what they may do. */
export type Session = Pick<Me, 'user' | 'role' | 'rights'>;

/** Null: the API asks who one is. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: readSession,
  staleTime: 5 * 60_000,
});

async function readSession({ signal }: { signal: AbortSignal }): Promise<Session | null> {
  const response = await fetch('/api/v1/me', { signal }).catch((error: unknown) => {
    if (signal.aborted) throw error;
    throw new ApiUnreachableError('The admin API does not answer: is it running, and is the network up?');
  });
  if (response.status === 401) return null;
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

export function mayDo(session: Session | null, right: Session['rights'][number]): boolean {
  return session?.rights.includes(right) ?? false;
}
