import type { SnapshotView } from '@periodic-backup/contracts/http';
import { useNavigate } from '@tanstack/react-router';
import { Ellipsis, FolderArchive, GitCompareArrows, Pin, PinOff, RotateCcw, ShieldCheck } from 'lucide-react';
import { useAction } from '../../api/use-action.js';
import { useMay } from '../../api/use-may.js';
import { Button } from '../../design/button/button.js';
import { ButtonLink } from '../../design/button/button-link.js';
import { Menu, type MenuAction } from '../../design/menu/menu.js';
import { download } from './download.js';

export interface SnapshotActionsProps {
  readonly snapshot: SnapshotView;
  /** The one before it, to compare with; undefined: there is none. */
  readonly before: SnapshotView | undefined;
  readonly path: string | undefined;
}

/** What can be done with a snapshot as a whole. */
export function SnapshotActions({ snapshot, before, path }: SnapshotActionsProps) {
  const navigate = useNavigate();
  const [mayOperate, mayRestore, mayDelete] = [useMay('operate'), useMay('restore'), useMay('delete')];
  const refreshes = ['GET /snapshots', 'GET /snapshots/{id}'] as const;
  const pin = useAction('PUT /snapshots/{id}/pin', {
    ...{ done: 'The snapshot stays until it is unpinned', failed: 'It was not pinned', refreshes },
  });
  const unpin = useAction('DELETE /snapshots/{id}/pin', {
    ...{ done: 'The retention decides again', failed: 'It was not unpinned', refreshes },
  });
  const verify = useAction('POST /snapshots/{id}/verify', { failed: 'The verification did not begin' });
  const params = { id: snapshot.id };
  const get = (format: 'tar' | 'zip') => (): void =>
    void download({ snapshotId: snapshot.id, keys: [], format });
  const more: MenuAction[] = [
    ...(mayRestore
      ? [
          { id: 'zip', label: 'Download all as zip', icon: FolderArchive, onAction: get('zip') },
          { id: 'tar', label: 'Download all as tar', icon: FolderArchive, onAction: get('tar') },
        ]
      : []),
    ...(mayOperate
      ? [
          {
            ...{ id: 'verify', label: 'Verify now', icon: ShieldCheck },
            onAction: () =>
              verify.mutate(
                { params },
                { onSuccess: ({ runId }) => void navigate({ to: '/runs/$runId', params: { runId } }) },
              ),
          },
        ]
      : []),
    ...(snapshot.pinned
      ? mayDelete
        ? [{ id: 'unpin', label: 'Unpin', icon: PinOff, onAction: () => unpin.mutate({ params }) }]
        : []
      : mayOperate
        ? [{ id: 'pin', label: 'Pin: keep for ever', icon: Pin, onAction: () => pin.mutate({ params }) }]
        : []),
  ];
  return (
    <>
      {mayRestore && (
        <ButtonLink to="/restore" search={{ snapshot: snapshot.id }} kind="primary" icon={RotateCcw}>
          Restore
        </ButtonLink>
      )}
      {before && (
        <ButtonLink
          to="/snapshots/$snapshotId/compare/$otherId"
          params={{ snapshotId: before.id, otherId: snapshot.id }}
          search={{ path }}
          icon={GitCompareArrows}
        >
          Compare
        </ButtonLink>
      )}
      {more.length > 0 && (
        <Menu
          label="What else to do with the snapshot"
          trigger={<Button icon={Ellipsis} aria-label="More" />}
          actions={more}
        />
      )}
    </>
  );
}
