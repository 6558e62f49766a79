import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import type { Run } from '@periodic-backup/contracts';
import { runDocker } from './run-docker.js';
import type { ComposeStack } from './compose-stack.js';

/**
 * Copies a run's snapshot out of the vault volume with `cp -a`, as a person would who has nothing but the volume.
 * Resolves with the directory that holds the copy; nothing of the product takes part.
 */
export async function copyOut(stack: ComposeStack, run: Run): Promise<string> {
  const destination = mkdtempSync(join(stack.directory, 'copy-'));
  const snapshot = `/vault/${run.agentId}/${run.planName}/${run.snapshot}`;
  const owner = `${process.getuid?.()}:${process.getgid?.()}`;
  await runDocker([
    ...['run', '--rm', '--network', 'none', '--user', '0:0', '--entrypoint', 'sh'],
    ...['--volume', `${stack.project}_vault:/vault:ro`, '--volume', `${destination}:/copy`],
    ...['periodic-backup/receiver:e2e', '-ec', `cp -a '${snapshot}/.' /copy/; chown -R ${owner} /copy`],
  ]);
  return destination;
}

/** Paths of the vault's staging area: empty once no run is under way. */
export async function stagedPaths(stack: ComposeStack): Promise<string[]> {
  const found = await runDocker([
    ...['run', '--rm', '--network', 'none', '--user', '0:0', '--entrypoint', 'sh'],
    ...['--volume', `${stack.project}_vault:/vault:ro`, 'periodic-backup/receiver:e2e'],
    ...['-ec', 'find /vault/.vault/staging -mindepth 1'],
  ]);
  return found.split('\n').filter(Boolean);
}
