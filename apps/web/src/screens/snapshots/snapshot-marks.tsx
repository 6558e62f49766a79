import type { SnapshotView } from '@periodic-backup/contracts/http';
import { Pin, ShieldCheck, ShieldQuestionMark, Trash2, TriangleAlert } from 'lucide-react';
import { StateBadge } from '../../design/state/state-badge.js';
import type { StateLook } from '../../design/state/states.js';
import { countOf } from '../../format/sizes.js';
import styles from './snapshot-marks.module.css';

const DAMAGED: StateLook = { tone: 'bad', word: 'Damaged', icon: TriangleAlert };
const VERIFIED: StateLook = { tone: 'ok', word: 'Verified', icon: ShieldCheck };
const UNVERIFIED: StateLook = { tone: 'idle', word: 'Not verified yet', icon: ShieldQuestionMark };
const REMOVED: StateLook = { tone: 'idle', word: 'Removed', icon: Trash2 };
const PINNED: StateLook = { tone: 'idle', word: 'Pinned', icon: Pin };

/** How well a snapshot is, and whether it stays. */
export function SnapshotMarks({
  snapshot: { damages, verifiedAt, removedAt, pinned },
  kind = 'bare',
}: {
  readonly snapshot: SnapshotView;
  readonly kind?: 'soft' | 'bare';
}) {
  const state =
    removedAt !== null ? REMOVED : damages.length > 0 ? DAMAGED : verifiedAt === null ? UNVERIFIED : VERIFIED;
  return (
    <span className={styles.marks}>
      <StateBadge look={state} kind={kind}>
        {state === DAMAGED && kind === 'soft' ? `Damaged: ${countOf(damages.length, 'place')}` : state.word}
      </StateBadge>
      {pinned && <StateBadge look={PINNED} kind={kind} />}
    </span>
  );
}
