import type { EntryView } from '@periodic-backup/contracts/http';
import { createElement } from 'react';
import { iconOf } from './entry-look.js';
import styles from './snapshot.module.css';

/** What kind of thing it is, at a glance. */
export function EntryIcon({ entry }: { readonly entry: Pick<EntryView, 'kind' | 'name'> }) {
  const className = entry.kind === 'directory' ? styles.directoryIcon : styles.fileIcon;
  return createElement(iconOf(entry), { size: 16, 'aria-hidden': true, className });
}
