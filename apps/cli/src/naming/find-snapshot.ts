import type { ApiClient } from '@periodic-backup/api-client';
import { SnapshotView } from '@periodic-backup/contracts';
import { CommandError } from '../exit-codes.js';
import { findPlan } from './find-plan.js';

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const LISTED = 20;

/**
 * The snapshot a person means: its id, `<plan>` or `<plan>@latest` for the newest, `<plan>@<snapshot>` or the beginning
 * of a snapshot's name such as `documents@2026-11-22` (the newest of that day). @throws CommandError
 */
export async function findSnapshot(api: ApiClient, wanted: string): Promise<SnapshotView> {
  if (ID.test(wanted)) return api.get(SnapshotView, `/snapshots/${wanted}`);
  const at = wanted.lastIndexOf('@');
  const [planName, name] = at < 0 ? [wanted, 'latest'] : [wanted.slice(0, at), wanted.slice(at + 1)];
  const plan = await findPlan(api, planName);
  const seen: string[] = [];
  for await (const snapshot of api.pages(SnapshotView, `/snapshots?planId=${plan.id}&limit=200`)) {
    if (name === 'latest' || snapshot.snapshot.startsWith(name)) return snapshot;
    if (seen.length < LISTED) seen.push(snapshot.snapshot);
  }
  throw new CommandError(
    seen.length === 0
      ? `The plan "${plan.name}" has no snapshot yet: its first run makes one (pbk run ${plan.name}).`
      : `The plan "${plan.name}" has no snapshot "${name}". The newest are: ${seen.join(', ')}.`,
  );
}
