import type { DirectoryItem } from '@periodic-backup/contracts/http';
import { ChevronRight, File, FileSymlink, Folder, FolderLock, FolderX } from 'lucide-react';
import { formatBytes } from '../format/sizes.js';
import styles from './directories.module.css';

export interface EntryRowProps {
  readonly item: DirectoryItem;
  /** The exclude that leaves it out. */
  readonly leftOutBy: string | undefined;
  readonly isOpenable: boolean;
  /** With an arrow at the end. */
  readonly showsWay: boolean;
}

/** One file or directory of an agent's machine. */
export function EntryRow({ item, leftOutBy, isOpenable, showsWay }: EntryRowProps) {
  return (
    <>
      <EntryIcon item={item} isLeftOut={leftOutBy !== undefined} />
      <span className={styles.name} data-faint={!isOpenable || leftOutBy !== undefined}>
        {item.name}
      </span>
      {leftOutBy !== undefined && (
        <span className={styles.rule}>
          left out by <code>{leftOutBy}</code>
        </span>
      )}
      {!item.readable && <span className={styles.note}>the agent may not read it</span>}
      {!item.isText && <span className={styles.note}>its name is not UTF-8: no plan can name it</span>}
      {item.sizeBytes !== null && <span className={styles.size}>{formatBytes(item.sizeBytes)}</span>}
      {isOpenable && showsWay && <ChevronRight size={15} aria-hidden className={styles.chevron} />}
    </>
  );
}

function EntryIcon({
  item: { kind, readable },
  isLeftOut,
}: {
  readonly item: DirectoryItem;
  readonly isLeftOut: boolean;
}) {
  if (kind === 'symlink') return <FileSymlink size={16} aria-hidden />;
  if (kind !== 'directory') return <File size={16} aria-hidden />;
  if (isLeftOut) return <FolderX size={16} aria-hidden />;
  return readable ? <Folder size={16} aria-hidden /> : <FolderLock size={16} aria-hidden />;
}
