import { ApiError, urlOf } from '@periodic-backup/api-client/http';
import { sentenceFor } from '../../api/problems.js';
import { showToast } from '../../design/toast/toasts.js';

export interface Download {
  readonly snapshotId: string;
  /** None: the whole snapshot. */
  readonly keys: readonly string[];
  /** Left out: a file as it is, directories as tar. */
  readonly format?: 'tar' | 'zip';
}

/**
 * Has the browser fetch it under its own name. Whether it can be had is asked first: a browser would show a refusal as a
 * page, or as a file.
 */
export async function download({ snapshotId, keys, format }: Download): Promise<void> {
  const url = urlOf('GET /snapshots/{id}/content', {
    params: { id: snapshotId },
    query: { path: [], pathBytes: [...keys], format },
  });
  const probe = new AbortController();
  try {
    const response = await fetch(url, { headers: { range: 'bytes=0-0' }, signal: probe.signal });
    // An empty file has no first byte, and is there all the same.
    if (!response.ok && response.status !== 416) throw await refusalOf(response);
  } catch (error) {
    showToast({ tone: 'bad', title: 'It was not downloaded', detail: sentenceFor(error) });
    return;
  } finally {
    probe.abort();
  }
  const link = document.createElement('a');
  link.href = url;
  link.download = '';
  link.click();
}

async function refusalOf(response: Response): Promise<ApiError> {
  const problem = (await response.json().catch(() => null)) as { detail?: string } | null;
  return new ApiError(problem?.detail ?? `The API answered ${response.status}.`, response.status);
}
