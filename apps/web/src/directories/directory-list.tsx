import type { DirectoryItem } from '@periodic-backup/contracts/http';
import { Collection } from 'react-aria-components/Collection';
import { GridList, GridListItem, GridListLoadMoreItem } from 'react-aria-components/GridList';
import { ListLayout, Virtualizer } from 'react-aria-components/Virtualizer';
import { Spinner } from '../design/feedback/spinner.js';
import { EntryRow } from './entry-row.js';
import styles from './directories.module.css';

const ROW_PX = 36;

export interface DirectoryListProps {
  readonly label: string;
  readonly items: readonly DirectoryItem[];
  readonly onOpen: (path: string) => void;
  /** The way up: Backspace or the left arrow. */
  readonly onUp: () => void;
  readonly onMore: (() => void) | null;
  readonly loadingMore: boolean;
  /** Excludes in words, by their index: what an item is left out by. */
  readonly ruleAt?: (index: number) => string | undefined;
  /** What can be done with an item, at its end. */
  readonly action?: (item: DirectoryItem) => React.ReactNode;
}

/** What a directory holds: arrows move, Enter opens, Backspace goes up, letters lead to a name. */
export function DirectoryList(props: DirectoryListProps) {
  const { label, items, onOpen, onUp, onMore, loadingMore, ruleAt, action } = props;
  const byId = new Map(items.map((item) => [item.pathBytes, item]));
  const open = (id: React.Key): void => {
    const item = byId.get(String(id));
    if (item && canOpen(item)) onOpen(item.path);
  };
  const onKeyDown = (event: React.KeyboardEvent): void => {
    const up = event.key === 'Backspace' || (event.key === 'ArrowLeft' && !action);
    if (!up) return;
    event.preventDefault();
    onUp();
  };
  return (
    <div className={styles.frame} onKeyDownCapture={onKeyDown}>
      <Virtualizer layout={ListLayout} layoutOptions={{ rowHeight: ROW_PX }}>
        <GridList
          aria-label={label}
          className={styles.list}
          autoFocus="first"
          onAction={open}
          renderEmptyState={() => <p className={styles.none}>There is nothing in here.</p>}
        >
          <Collection items={items} dependencies={[ruleAt, action]}>
            {(item) => (
              <GridListItem
                id={item.pathBytes}
                textValue={item.name}
                className={styles.row}
                isDisabled={!canOpen(item) && !action}
              >
                <EntryRow
                  item={item}
                  leftOutBy={item.excludedBy === null ? undefined : ruleAt?.(item.excludedBy)}
                  isOpenable={canOpen(item)}
                  showsWay={!action}
                />
                {action?.(item)}
              </GridListItem>
            )}
          </Collection>
          <GridListLoadMoreItem isLoading={loadingMore} onLoadMore={() => onMore?.()} className={styles.more}>
            <Spinner /> Loading more
          </GridListLoadMoreItem>
        </GridList>
      </Virtualizer>
    </div>
  );
}

function canOpen({ kind, readable, isText }: DirectoryItem): boolean {
  return kind === 'directory' && readable && isText;
}
