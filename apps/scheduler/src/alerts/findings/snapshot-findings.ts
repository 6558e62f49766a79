import type { AlertThresholds } from '@periodic-backup/contracts';
import type { DamageFacts, SnapshotFacts } from '@periodic-backup/ledger';
import { bytesInWords, minuteOf, type Finding } from './finding.js';

/** Fewer snapshots are no history to compare with. */
const MIN_HISTORY = 3;
/** Smaller differences are everyday life in a small directory. */
const MIN_FILES = 10;
const MIN_BYTES = 1024 * 1024;

/** Plans whose newest snapshot is unlike those before: an emptied source, ransomware, something huge by mistake. */
export function snapshotFindings(facts: readonly SnapshotFacts[], thresholds: AlertThresholds): Finding[] {
  return facts
    .filter(({ history }) => history >= MIN_HISTORY)
    .flatMap((plan) =>
      [shrank(plan, thresholds), grew(plan, thresholds), changed(plan, thresholds)].filter(
        (finding) => finding !== null,
      ),
    );
}

function shrank(plan: SnapshotFacts, { shrankPercent }: AlertThresholds): Finding | null {
  const emptied = plan.files === 0 && plan.usualFiles > 0;
  const left = 1 - shrankPercent / 100;
  const fewer = plan.usualFiles - plan.files >= MIN_FILES && plan.files <= plan.usualFiles * left;
  const smaller = plan.usualBytes - plan.bytes >= MIN_BYTES && plan.bytes <= plan.usualBytes * left;
  if (!emptied && !fewer && !smaller) return null;
  return {
    ...subjectOf(plan),
    kind: 'snapshot-shrank',
    severity: emptied ? 'critical' : 'warning',
    what: emptied
      ? `The source is empty: the snapshot of ${minuteOf(plan.committedAt)} holds no file; ${usual(plan)}`
      : `The snapshot of ${minuteOf(plan.committedAt)} holds ${contents(plan)}; ${usual(plan)}`,
    advice:
      'See whether the files were deleted on purpose and whether the source is mounted. If not, pin an older snapshot and restore from it.',
  };
}

function grew(plan: SnapshotFacts, { grewPercent }: AlertThresholds): Finding | null {
  const times = 1 + grewPercent / 100;
  const more = plan.files - plan.usualFiles >= MIN_FILES && plan.files >= plan.usualFiles * times;
  const larger = plan.bytes - plan.usualBytes >= MIN_BYTES && plan.bytes >= plan.usualBytes * times;
  if (!more && !larger) return null;
  return {
    ...subjectOf(plan),
    kind: 'snapshot-grew',
    severity: 'warning',
    what: `The snapshot of ${minuteOf(plan.committedAt)} holds ${contents(plan)}; ${usual(plan)}`,
    advice: 'See what was added, and exclude what need not be backed up before the vault fills up.',
  };
}

function changed(plan: SnapshotFacts, { changedPercent, changedTimes }: AlertThresholds): Finding | null {
  const share = plan.files === 0 ? 0 : plan.storedFiles / plan.files;
  const far = share * 100 >= changedPercent && share >= plan.usualChangedShare * changedTimes;
  if (!far || plan.storedFiles < MIN_FILES) return null;
  const percent = (part: number): string =>
    `${part < 0.1 ? (part * 100).toFixed(1) : Math.round(part * 100)} %`;
  return {
    ...subjectOf(plan),
    kind: 'snapshot-changed',
    severity: 'critical',
    what:
      `In the snapshot of ${minuteOf(plan.committedAt)} ${percent(share)} of the files have new content ` +
      `(${plan.storedFiles} of ${plan.files}); usual are ${percent(plan.usualChangedShare)}.`,
    advice:
      'If nobody changed them on purpose, think of ransomware: stop the machine, pin an older snapshot, and look at some of the files.',
  };
}

function subjectOf({ planId, planName, committedAt }: SnapshotFacts) {
  return {
    subject: planId,
    subjectName: `plan "${planName}"`,
    planId,
    planIds: [planId],
    since: committedAt,
  };
}

function contents({ files, bytes }: SnapshotFacts): string {
  return `${files} files with ${bytesInWords(bytes)}`;
}

function usual({ usualFiles, usualBytes }: SnapshotFacts): string {
  return `usual are ${Math.round(usualFiles)} files with ${bytesInWords(usualBytes)}.`;
}

/** Plans with snapshots that no longer are what was written. */
export function damageFindings(facts: readonly DamageFacts[], now: Date): Finding[] {
  return facts.map(({ planId, planName, snapshots, damages, example }) => {
    const where = example
      ? `, for example ${example.path === null ? 'the manifest' : `"${example.path}"`} of ${example.snapshot}: ${example.what.replace(/\.$/, '')}`
      : '';
    return {
      kind: 'verification-failed',
      subject: planId,
      subjectName: `plan "${planName}"`,
      planId,
      planIds: [planId],
      severity: 'critical',
      what: `A verification found ${damages === 1 ? 'one damage' : `${damages} damages`} in ${snapshots === 1 ? 'one snapshot' : `${snapshots} snapshots`}${where}.`,
      advice:
        'Run the plan by hand: it sends damaged files again as long as the source has them. Then look at the disk of the vault.',
      since: now,
    };
  });
}
