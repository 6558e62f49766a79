import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Run } from '@periodic-backup/contracts';

/** The vault as plain files, read without any code of the product. */
export function snapshotDirectory(
  target: string,
  run: Pick<Run, 'agentId' | 'planName' | 'snapshot'>,
): string {
  return join(target, run.agentId, run.planName, run.snapshot ?? 'none');
}

export function snapshotsOnDisk(target: string, run: Pick<Run, 'agentId' | 'planName'>): string[] {
  return readdirSync(join(target, run.agentId, run.planName))
    .filter((name) => name !== 'latest')
    .sort();
}

export function manifestsOnDisk(target: string, run: Pick<Run, 'agentId' | 'planName'>): string[] {
  return readdirSync(join(target, '.vault/manifests', run.agentId, run.planName)).sort();
}

/** What is left in staging: nothing, once every run has ended well. */
export function stagingOnDisk(target: string): string[] {
  const staging = join(target, '.vault/staging');
  if (!existsSync(staging)) return [];
  return readdirSync(staging).flatMap((plan) =>
    readdirSync(join(staging, plan)).map((session) => `${plan}/${session}`),
  );
}
