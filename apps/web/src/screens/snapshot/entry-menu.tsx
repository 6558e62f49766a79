import type { EntryView } from '@periodic-backup/contracts/http';
import { useNavigate, type LinkProps } from '@tanstack/react-router';
import { Download, Ellipsis, FolderArchive, FolderOpen, History, RotateCcw } from 'lucide-react';
import { useMay } from '../../api/use-may.js';
import { Button } from '../../design/button/button.js';
import { Menu, type MenuAction } from '../../design/menu/menu.js';
import { keyOf } from '../../paths/snapshot-path.js';
import { download } from './download.js';
import { hasContent } from './entry-look.js';

export interface EntryMenuProps {
  readonly snapshotId: string;
  readonly entry: EntryView;
  readonly active: boolean;
  readonly linkTo: (entry: EntryView) => LinkProps;
}

/** What else can be done with an entry. */
export function EntryMenu({ snapshotId, entry, active, linkTo }: EntryMenuProps) {
  const navigate = useNavigate({ from: '/snapshots/$snapshotId' });
  const mayRestore = useMay('restore');
  const key = keyOf(entry.pathBytes);
  const isDirectory = entry.kind === 'directory';
  const get = (format?: 'tar' | 'zip') => (): void =>
    void download({ snapshotId, keys: [key], ...(format ? { format } : {}) });
  const downloads: MenuAction[] = isDirectory
    ? [
        { id: 'zip', label: 'Download as zip', icon: FolderArchive, onAction: get('zip') },
        { id: 'tar', label: 'Download as tar', icon: FolderArchive, onAction: get('tar') },
      ]
    : hasContent(entry)
      ? [{ id: 'download', label: 'Download', icon: Download, onAction: get() }]
      : [];
  const actions: MenuAction[] = [
    ...(isDirectory
      ? [{ id: 'open', label: 'Open', icon: FolderOpen, onAction: () => void navigate(linkTo(entry)) }]
      : []),
    {
      ...{ id: 'versions', label: 'Details and versions', icon: History },
      onAction: () => void navigate({ search: (search) => ({ ...search, file: key }) }),
    },
    ...(mayRestore
      ? [
          ...downloads,
          {
            ...{ id: 'restore', label: 'Restore …', icon: RotateCcw },
            onAction: () => void navigate({ to: '/restore', search: { snapshot: snapshotId, path: [key] } }),
          },
        ]
      : []),
  ];
  return (
    <Menu
      label={`What to do with ${entry.name}`}
      trigger={
        <Button
          kind="quiet"
          size="small"
          icon={Ellipsis}
          aria-label={`More on ${entry.name}`}
          excludeFromTabOrder={!active}
        />
      }
      actions={actions}
    />
  );
}
