import type { SnapshotView } from '@periodic-backup/contracts/http';
import { Link, type LinkProps } from '@tanstack/react-router';
import { useVirtualizer } from '@tanstack/react-virtual';
import { Pin, TriangleAlert } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useWidth } from '../../design/layout/use-width.js';
import { Card } from '../../design/page/card.js';
import { formatExact } from '../../format/instants.js';
import { countOf, formatBytes } from '../../format/sizes.js';
import { dayLabels } from './day-labels.js';
import styles from './timeline.module.css';

const FINGER_PX = 26;
const MOUSE_PX = 14;
/** Where there are few, each has more room. */
const WIDEST_PX = 48;
const ROOM_FOR_LABEL_PX = 56;
const LOAD_AHEAD = 40;

export interface TimelineProps {
  /** Newest first. */
  readonly snapshots: readonly SnapshotView[];
  /** Shown as the one that is looked at; null: none is. */
  readonly currentId: string | null;
  readonly linkTo: (snapshot: SnapshotView) => LinkProps;
  /** There are older ones: called when the end comes near. */
  readonly onReachEnd: (() => void) | undefined;
}

/**
 * Snapshots from left to right as time went on, each as high as what was new in it. One stop for the keyboard, then arrows,
 * Home and End; only those in sight are drawn.
 */
export function Timeline({ snapshots, currentId, linkTo, onReachEnd }: TimelineProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const width = useWidth(scroller) ?? 0;
  const least = matchMedia('(pointer: coarse)').matches ? FINGER_PX : MOUSE_PX;
  const fitting = Math.floor((width - ROOM_FOR_LABEL_PX) / snapshots.length);
  const pitchPx = Math.max(least, Math.min(WIDEST_PX, fitting));
  const [pointedAt, setPointedAt] = useState<string | null>(null);
  const [stopAt, setStopAt] = useState<string | null>(null);
  const focusNext = useRef(false);
  const currentIndex = snapshots.findIndex(({ id }) => id === currentId);
  const labels = useMemo(
    () =>
      dayLabels(
        snapshots.map(({ committedAt }) => committedAt),
        Math.ceil(ROOM_FOR_LABEL_PX / pitchPx),
      ),
    [snapshots, pitchPx],
  );
  const most = useMemo(
    () => snapshots.reduce((sofar, { counts }) => Math.max(sofar, counts.storedBytes), 1),
    [snapshots],
  );
  const virtualizer = useVirtualizer({
    ...{ horizontal: true, isRtl: true, overscan: 30, paddingStart: ROOM_FOR_LABEL_PX / 2, paddingEnd: 8 },
    count: snapshots.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => pitchPx,
    getItemKey: (index) => snapshots[index]!.id,
  });
  useEffect(() => virtualizer.measure(), [virtualizer, pitchPx]);
  const items = virtualizer.getVirtualItems();
  const lastShown = items.at(-1)?.index ?? -1;
  useEffect(() => {
    if (onReachEnd && lastShown >= snapshots.length - LOAD_AHEAD) onReachEnd();
  }, [onReachEnd, lastShown, snapshots.length]);
  useEffect(() => {
    if (currentIndex >= 0) virtualizer.scrollToIndex(currentIndex, { align: 'auto' });
  }, [currentIndex, virtualizer]);

  const stopIndex = Math.max(
    0,
    snapshots.findIndex(({ id }) => id === (stopAt ?? currentId)),
  );
  const onKeyDown = (event: React.KeyboardEvent): void => {
    const next = moveFor(event.key, stopIndex, snapshots.length);
    if (next === null) return;
    event.preventDefault();
    focusNext.current = true;
    setStopAt(snapshots[next]!.id);
    virtualizer.scrollToIndex(next, { align: 'auto' });
  };
  const told = snapshots.find(({ id }) => id === pointedAt) ?? snapshots[currentIndex];
  return (
    <Card
      title="Snapshots in time"
      aside={
        <span className={styles.told} aria-hidden>
          {told ? wordsOf(told) : 'Older to the left, as high as what was new'}
        </span>
      }
    >
      <div ref={scroller} className={styles.scroller}>
        <div
          role="group"
          aria-label="Snapshots in time"
          className={styles.track}
          style={{ width: virtualizer.getTotalSize() }}
          onKeyDown={onKeyDown}
          onPointerLeave={() => setPointedAt(null)}
        >
          {items.map(({ index, start }) => {
            const snapshot = snapshots[index]!;
            const { id, counts, damages, pinned } = snapshot;
            return (
              <div key={id} className={styles.place} style={{ right: start, width: pitchPx }}>
                <Link
                  {...linkTo(snapshot)}
                  ref={(element: HTMLAnchorElement | null) => {
                    if (!element || !focusNext.current || id !== stopAt) return;
                    focusNext.current = false;
                    element.focus({ preventScroll: true });
                  }}
                  className={styles.snapshot}
                  tabIndex={index === stopIndex ? 0 : -1}
                  aria-label={wordsOf(snapshot)}
                  aria-current={id === currentId ? 'true' : undefined}
                  data-damaged={damages.length > 0}
                  onFocus={() => {
                    setStopAt(id);
                    setPointedAt(id);
                  }}
                  onBlur={() => setPointedAt(null)}
                  onPointerEnter={() => setPointedAt(id)}
                >
                  {damages.length > 0 ? (
                    <TriangleAlert size={11} aria-hidden className={styles.damage} />
                  ) : (
                    pinned && <Pin size={11} aria-hidden className={styles.pin} />
                  )}
                  <span
                    className={styles.bar}
                    style={{ height: `${heightOf(counts.storedBytes, most)}rem` }}
                  />
                </Link>
                {labels.has(index) && <span className={styles.day}>{labels.get(index)}</span>}
              </div>
            );
          })}
        </div>
      </div>
    </Card>
  );
}

/** In rem. By its root, so that a first backup does not flatten all the others. */
function heightOf(bytes: number, most: number): number {
  return 0.375 + 1.875 * Math.cbrt(bytes / most);
}

function wordsOf({ committedAt, counts, damages, pinned }: SnapshotView): string {
  return [
    formatExact(new Date(committedAt)),
    countOf(counts.files, 'file'),
    formatBytes(counts.bytes),
    `${formatBytes(counts.storedBytes)} new`,
    ...(damages.length > 0 ? ['damaged'] : []),
    ...(pinned ? ['pinned'] : []),
  ].join(' · ');
}

/** Which snapshot a key leads to, counted from the newest; null: the key means nothing here. */
function moveFor(key: string, index: number, count: number): number | null {
  const within = (wanted: number): number => Math.min(count - 1, Math.max(0, wanted));
  switch (key) {
    case 'ArrowLeft':
      return within(index + 1);
    case 'ArrowRight':
      return within(index - 1);
    case 'Home':
      return within(count - 1);
    case 'End':
      return 0;
    default:
      return null;
  }
}
