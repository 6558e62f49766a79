import { z } from 'zod';
import { PageQuery } from './http.js';
import { SnapshotName } from './names.js';
import type { RetentionDecision, RetentionSnapshot } from './retention-decisions.js';
import { Retention } from './retention.js';

/** A policy to try; null: everything stays. */
export const RetentionTrial = z
  .object({ retention: Retention.nullable() })
  .strict()
  .meta({ id: 'RetentionTrial' });
export type RetentionTrial = z.infer<typeof RetentionTrial>;

export const RetentionPreviewQuery = PageQuery.extend({
  limit: z.coerce.number().int().min(1).max(10_000).default(10_000),
});

export const SnapshotSpan = z.object({
  count: z.int().nonnegative(),
  oldest: SnapshotName.nullable(),
  newest: SnapshotName.nullable(),
});
export type SnapshotSpan = z.infer<typeof SnapshotSpan>;

/** What a policy would do to the snapshots of a plan now. Nothing is removed by asking. */
export const RetentionPreview = z
  .object({
    planId: z.uuid(),
    /** Where its days begin. */
    timezone: z.string(),
    sentences: z.array(z.string()),
    goes: SnapshotSpan,
    stays: SnapshotSpan,
    /** How many snapshots each rule wants; one may be wanted by several. */
    rules: z.array(z.object({ rule: z.string(), snapshots: z.int() })),
    /** Newest first. */
    items: z.array(
      z.object({
        snapshot: SnapshotName,
        committedAt: z.iso.datetime(),
        pinned: z.boolean(),
        /** No damage is known. */
        good: z.boolean(),
        /** Every rule that wants it; empty: it goes. */
        keptBy: z.array(z.string()),
        removable: z.boolean(),
      }),
    ),
    nextCursor: z.string().nullable(),
  })
  .meta({ id: 'RetentionPreview' });
export type RetentionPreview = z.infer<typeof RetentionPreview>;

/** Of decisions newest first. */
export function spanOf(snapshots: readonly { readonly snapshot: string }[]): SnapshotSpan {
  return {
    count: snapshots.length,
    oldest: snapshots.at(-1)?.snapshot ?? null,
    newest: snapshots[0]?.snapshot ?? null,
  };
}

/** Rules with the snapshots they want counted, the periods of one rule together, in the order they first appear. */
export function countRules(decisions: readonly RetentionDecision[]): RetentionPreview['rules'] {
  const counts = new Map<string, number>();
  for (const { keptBy } of decisions)
    for (const reason of keptBy) {
      const rule = reason.replace(/^((?:hour|dai|week|month|year)ly) .*$/, '$1');
      counts.set(rule, (counts.get(rule) ?? 0) + 1);
    }
  return [...counts].map(([rule, snapshots]) => ({ rule, snapshots }));
}

/** For people: what a policy would do. */
export function previewSentences(
  decisions: readonly RetentionDecision[],
  {
    policy,
    snapshots,
    moves,
    paused,
  }: {
    readonly policy: Retention | null;
    readonly snapshots: readonly RetentionSnapshot[];
    readonly moves: boolean;
    readonly paused: boolean;
  },
): string[] {
  if (decisions.length === 0) return ['There is no snapshot yet.'];
  if (policy === null) return [`Without a retention policy ${all(decisions.length)}.`];
  const going = decisions.filter(({ removable }) => removable);
  const stay = decisions.length - going.length;
  if (going.length === 0) return [`${capitalized(all(decisions.length))}.`];
  const { oldest, newest } = spanOf(going);
  const damaged = new Set(snapshots.filter(({ good }) => !good).map(({ snapshot }) => snapshot));
  const damagedGoing = going.filter(({ snapshot }) => damaged.has(snapshot)).length;
  return [
    going.length === 1
      ? `Of ${decisions.length} snapshots 1 goes, ${oldest}; ${stay} ${stay === 1 ? 'stays' : 'stay'}.`
      : `Of ${decisions.length} snapshots ${going.length} go, from ${oldest} to ${newest}; ${stay} ${stay === 1 ? 'stays' : 'stay'}.`,
    'The newest snapshot and the newest good one always stay.',
    ...(damagedGoing > 0
      ? [`Of those that go, ${damagedGoing} ${damagedGoing === 1 ? 'is' : 'are'} damaged.`]
      : []),
    ...(moves
      ? [
          'This plan moves its files: a snapshot with a path that no newer one has stays, though it is listed to go; that shows when it is to be removed.',
        ]
      : []),
    ...(paused ? ['While the plan is paused nothing is removed.'] : []),
  ];
}

function all(count: number): string {
  return count === 1 ? 'the only snapshot stays' : `all ${count} snapshots stay`;
}

function capitalized(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}
