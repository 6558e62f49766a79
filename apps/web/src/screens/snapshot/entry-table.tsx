import type { EntryView } from '@periodic-backup/contracts/http';
import type { LinkProps } from '@tanstack/react-router';
import { TriangleAlert } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { Checkbox } from '../../design/field/checkbox.js';
import type { Column, Sorting } from '../../design/table/column.js';
import { DataTable } from '../../design/table/data-table.js';
import { RelativeTime } from '../../design/time/relative-time.js';
import { formatBytes } from '../../format/sizes.js';
import { keyOf } from '../../paths/snapshot-path.js';
import { EntryIcon } from './entry-icon.js';
import { modeInLetters } from './entry-look.js';
import { EntryMenu } from './entry-menu.js';
import { MOST_CHOSEN, type Choice } from './use-choice.js';
import styles from './snapshot.module.css';

export interface EntryTableProps {
  readonly snapshotId: string;
  /** Of the directory that is shown. */
  readonly path: string;
  readonly entries: readonly EntryView[];
  readonly choice: Choice;
  readonly sorting: Sorting;
  readonly linkTo: (entry: EntryView) => LinkProps;
  readonly onUp: () => void;
  readonly onReachEnd: (() => void) | undefined;
  readonly loadingMore: boolean;
}

/** What a directory of a snapshot holds. Enter opens, Backspace leads up. */
export function EntryTable(props: EntryTableProps) {
  const { snapshotId, path, entries, choice, sorting, linkTo, onUp, onReachEnd, loadingMore } = props;
  const frame = useRef<HTMLDivElement>(null);
  const shownPath = useRef(path);
  const first = entries[0]?.pathBytes;
  useEffect(() => {
    // Whoever opened a directory with the keyboard goes on in it: the row that had the focus is gone.
    if (shownPath.current === path || document.activeElement !== document.body) return;
    shownPath.current = path;
    frame.current?.querySelector<HTMLElement>('[data-row-stop]')?.focus({ preventScroll: true });
  }, [path, first]);
  const columns: Column<EntryView>[] = [
    {
      ...{ id: 'name', header: 'Name', width: 'minmax(12rem, 1fr)', sortBy: 'name' },
      cell: (entry) => <EntryName entry={entry} />,
    },
    {
      ...{ id: 'size', header: 'Size', width: '6rem', align: 'end', sortBy: 'size' },
      cell: ({ sizeBytes }) => (sizeBytes === null ? '' : formatBytes(sizeBytes)),
    },
    {
      ...{ id: 'mtime', header: 'Modified', width: '8.5rem', align: 'end', sortBy: 'mtime' },
      cell: ({ mtime }) => <RelativeTime at={mtime} show="clock" inRow />,
    },
    {
      ...{ id: 'mode', header: 'Mode', width: '6rem', dropBelow: 900 },
      cell: ({ mode }) => <code className={styles.mode}>{modeInLetters(mode)}</code>,
    },
    {
      ...{ id: 'owner', header: 'Owner', width: 'minmax(6rem, 10rem)', dropBelow: 1100 },
      cell: ({ user, group, uid, gid }) => (
        <span className={styles.owner}>
          {user ?? uid}:{group ?? gid}
        </span>
      ),
    },
    {
      ...{ id: 'more', header: '', width: '2rem', align: 'end' },
      cell: (entry, active = false) => (
        <EntryMenu snapshotId={snapshotId} entry={entry} active={active} linkTo={linkTo} />
      ),
    },
  ];
  const isFull = choice.chosen.size >= MOST_CHOSEN;
  return (
    <div
      ref={frame}
      onKeyDown={(event) => {
        if (event.key !== 'Backspace' || !(event.target as HTMLElement).matches('[data-row-stop]')) return;
        event.preventDefault();
        onUp();
      }}
    >
      <DataTable
        label="Files"
        columns={columns}
        rows={entries}
        rowKey={({ pathBytes }) => pathBytes}
        rowLink={linkTo}
        leading={({ pathBytes, name }, active) => {
          const key = keyOf(pathBytes);
          const isChosen = choice.chosen.has(key);
          return (
            <Checkbox
              isSelected={isChosen}
              isDisabled={isFull && !isChosen}
              excludeFromTabOrder={!active}
              onChange={(chosen) => choice.set(key, name, chosen)}
            >
              <span className="visually-hidden">Choose {name}</span>
            </Checkbox>
          );
        }}
        compact={(entry) => (
          <>
            <EntryName entry={entry} />
            <span className={styles.second}>
              {entry.sizeBytes !== null && formatBytes(entry.sizeBytes)}
              <RelativeTime at={entry.mtime} show="clock" inRow />
            </span>
          </>
        )}
        sorting={sorting}
        onReachEnd={onReachEnd}
        loadingMore={loadingMore}
      />
    </div>
  );
}

function EntryName({ entry }: { readonly entry: EntryView }) {
  return (
    <span className={styles.entry}>
      <EntryIcon entry={entry} />
      <span className={styles.entryName}>
        {entry.name}
        {entry.target !== null && <span className={styles.target}> → {entry.target}</span>}
      </span>
      {entry.problem !== null && (
        <span className={styles.problem}>
          <TriangleAlert size={13} aria-hidden /> {entry.problem}
        </span>
      )}
    </span>
  );
}
