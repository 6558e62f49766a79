import type { AlertThresholds } from '@periodic-backup/contracts';
import { bytesInWords, minuteOf, type Finding } from './finding.js';

/** Vaults almost full are told of even if they hold nothing yet. */
const MIN_FREE_BYTES = 1024 ** 3;

/** An agent with live plans. */
export interface AgentFacts {
  readonly agentId: string;
  readonly planIds: readonly string[];
  readonly online: boolean;
  /** Null: not since it is remembered. */
  readonly lastSeenAt: Date | null;
  /** Since it is away, somebody was listening from then on. */
  readonly silentSince: Date;
}

/** A vault with live plans, seen at some time. */
export interface VaultFacts {
  readonly vaultId: string;
  readonly vaultName: string;
  readonly planIds: readonly string[];
  readonly receiversOnline: number;
  /** Why none of those online could take a backup; null if one could. */
  readonly unusable: string | null;
  /** Since no receiver could take a backup, somebody was listening from then on; null: one could now. */
  readonly goneSince: Date | null;
  /** Of the fullest disk that a receiver announces; null: nobody says. */
  readonly space: { readonly freeBytes: number; readonly totalBytes: number } | null;
  /** The largest among the newest snapshots of its live plans. */
  readonly largestSnapshotBytes: number;
}

export function agentFindings(
  agents: readonly AgentFacts[],
  { agentSilentSeconds }: AlertThresholds,
  now: Date,
): Finding[] {
  return agents
    .filter(
      ({ online, silentSince }) =>
        !online && now.getTime() - silentSince.getTime() > agentSilentSeconds * 1000,
    )
    .map(({ agentId, planIds, lastSeenAt, silentSince }) => ({
      kind: 'agent-silent',
      subject: agentId,
      subjectName: `agent "${agentId}"`,
      planId: null,
      planIds,
      severity: 'warning',
      what:
        (lastSeenAt ? `It was last heard of at ${minuteOf(lastSeenAt)}.` : 'Nothing was heard of it.') +
        ` ${planIds.length === 1 ? 'One plan depends' : `${planIds.length} plans depend`} on it.`,
      advice: 'See that the machine runs, that its agent is started, and that it reaches Redis.',
      since: lastSeenAt ?? silentSince,
    }));
}

export function receiverFindings(
  vaults: readonly VaultFacts[],
  { receiverGoneSeconds }: AlertThresholds,
  now: Date,
): Finding[] {
  return vaults.flatMap(({ vaultId, vaultName, planIds, unusable, goneSince }) => {
    if (goneSince === null || now.getTime() - goneSince.getTime() <= receiverGoneSeconds * 1000) return [];
    return [
      {
        kind: 'receiver-gone',
        subject: vaultId,
        subjectName: `vault "${vaultName}"`,
        planId: null,
        planIds,
        severity: 'critical',
        what:
          `${unusable ?? 'No receiver of it is online'} since ${minuteOf(goneSince)}. ` +
          `${planIds.length === 1 ? 'One plan is' : `${planIds.length} plans are`} not backed up meanwhile.`,
        advice:
          'See that a receiver of the vault runs, that it reaches Redis, and that its target directory is mounted and can be written.',
        since: goneSince,
      },
    ];
  });
}

export function spaceFindings(
  vaults: readonly VaultFacts[],
  { freePercent, freeSnapshots }: AlertThresholds,
  now: Date,
): Finding[] {
  return vaults.flatMap(({ vaultId, vaultName, planIds, space, largestSnapshotBytes }) => {
    if (space === null || space.totalBytes === 0) return [];
    const { freeBytes, totalBytes } = space;
    const enough = Math.max(largestSnapshotBytes * freeSnapshots, MIN_FREE_BYTES);
    if (freeBytes >= (totalBytes * freePercent) / 100 || freeBytes >= enough) return [];
    return [
      {
        kind: 'vault-space-low',
        subject: vaultId,
        subjectName: `vault "${vaultName}"`,
        planId: null,
        planIds,
        severity:
          freeBytes < largestSnapshotBytes || freeBytes < MIN_FREE_BYTES / 10 ? 'critical' : 'warning',
        what:
          `${bytesInWords(freeBytes)} of ${bytesInWords(totalBytes)} are free (${((freeBytes / totalBytes) * 100).toFixed(1)} %); ` +
          `the largest of its newest snapshots has ${bytesInWords(largestSnapshotBytes)}.`,
        advice: 'Give its disk more room, or let the retention of its plans keep fewer snapshots.',
        since: now,
      },
    ];
  });
}
