import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TemporaryDirectory {
  /** Absolute, empty, mode 0700. */
  readonly path: string;
  /** Removes it with all it holds. Safe to repeat. */
  remove(): Promise<void>;
}

/** A fresh directory under the system's temporary one. The caller removes it. */
export async function temporaryDirectory(prefix = 'pbk-test-'): Promise<TemporaryDirectory> {
  const path = await mkdtemp(join(tmpdir(), prefix));
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 3 }) };
}
