import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Contestant, Measurement } from './contestant.js';
import type { DataSet } from './data-sets.js';
import { timed } from './processes.js';

/** A tool that keeps a repository on a local path: no network at all, which is in its favour. */
class RepositoryTool implements Contestant {
  constructor(
    readonly name: string,
    private readonly repository: string,
    private readonly command: string,
    private readonly init: string[],
    private readonly backup: (set: DataSet) => string[],
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  async reset(): Promise<void> {
    rmSync(this.repository, { recursive: true, force: true });
    mkdirSync(this.repository, { recursive: true });
    await timed(this.command, this.init, this.env);
  }

  first(set: DataSet): Promise<Measurement> {
    return this.#run(set);
  }

  again(set: DataSet): Promise<Measurement> {
    return this.#run(set);
  }

  async close(): Promise<void> {
    rmSync(this.repository, { recursive: true, force: true });
  }

  async #run(set: DataSet): Promise<Measurement> {
    const result = await timed(this.command, this.backup(set), this.env);
    return { seconds: result.seconds, wireBytes: null, peakBytes: { [this.command]: result.peakBytes } };
  }
}

export function restic(root: string): Contestant {
  const repository = join(root, 'restic-repository');
  return new RepositoryTool(
    'restic (local)',
    repository,
    'restic',
    ['init', '--repo', repository],
    (set) => ['backup', '--repo', repository, '--quiet', set.directory],
    { RESTIC_PASSWORD: 'bench', RESTIC_CACHE_DIR: join(root, 'restic-cache') },
  );
}

export function borg(root: string): Contestant {
  const repository = join(root, 'borg-repository');
  return new RepositoryTool(
    'borg (local)',
    repository,
    'borg',
    ['init', '--encryption', 'none', repository],
    (set) => ['create', `${repository}::{now:%Y%m%d%H%M%S%f}`, set.directory],
    {
      BORG_BASE_DIR: join(root, 'borg-base'),
      BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK: 'yes',
      BORG_RELOCATED_REPO_ACCESS_IS_OK: 'yes',
    },
  );
}
