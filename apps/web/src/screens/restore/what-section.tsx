import type { SnapshotView } from '@periodic-backup/contracts/http';
import { useNavigate } from '@tanstack/react-router';
import { FolderSearch, X } from 'lucide-react';
import { Button } from '../../design/button/button.js';
import { ButtonLink } from '../../design/button/button-link.js';
import { Select } from '../../design/field/select.js';
import { Card } from '../../design/page/card.js';
import { exactly } from '../../design/time/relative-time.js';
import { countOf, formatBytes } from '../../format/sizes.js';
import { parentOf, textOf } from '../../paths/snapshot-path.js';
import { usePlanSnapshots } from '../snapshots/use-plan-snapshots.js';
import type { RestoreFormProps } from './restore-form.js';
import styles from './restore.module.css';

/** Which snapshot, and what of it. */
export function WhatSection({ snapshot, paths }: RestoreFormProps) {
  const navigate = useNavigate({ from: '/restore' });
  const { snapshots } = usePlanSnapshots(snapshot.planId, snapshot);
  const all: readonly SnapshotView[] = snapshots.length > 0 ? snapshots : [snapshot];
  const setPaths = (path: readonly string[]): void =>
    void navigate({
      search: { snapshot: snapshot.id, path: path.length > 0 ? path : undefined },
      replace: true,
    });
  return (
    <Card
      title="What"
      aside={
        <ButtonLink
          to="/snapshots/$snapshotId"
          params={{ snapshotId: snapshot.id }}
          search={{ path: parentOf(paths[0] ?? '') || undefined }}
          size="small"
          icon={FolderSearch}
        >
          Choose files
        </ButtonLink>
      }
    >
      <div className={styles.fields}>
        <Select
          label="Snapshot"
          options={all.map(({ id, committedAt, counts }) => ({
            ...{ id, label: exactly(committedAt) },
            detail: `${countOf(counts.files, 'file')}, ${formatBytes(counts.bytes)}`,
          }))}
          value={snapshot.id}
          onChange={(id) => void navigate({ search: { snapshot: id, path: paths }, replace: true })}
        />
        {paths.length === 0 ? (
          <p>
            Everything in it: {countOf(snapshot.counts.files, 'file')}, {formatBytes(snapshot.counts.bytes)}.
          </p>
        ) : (
          <ul className={styles.paths} aria-label="Chosen paths">
            {paths.map((key) => (
              <li key={key} className={styles.path}>
                <code>{textOf(key) || 'Everything'}</code>
                <Button
                  kind="quiet"
                  size="small"
                  icon={X}
                  aria-label={`Leave ${textOf(key)} out`}
                  onPress={() => setPaths(paths.filter((one) => one !== key))}
                />
              </li>
            ))}
          </ul>
        )}
      </div>
    </Card>
  );
}
