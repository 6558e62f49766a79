import type { VaultSpace } from '@periodic-backup/contracts/http';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { apiQuery } from '../../api/queries.js';
import { Sparkline } from '../../design/chart/sparkline.js';
import { Card } from '../../design/page/card.js';
import { UsageBar } from '../../design/progress/progress-bar.js';
import { countOf, formatBytes, formatPercent } from '../../format/sizes.js';
import { fullnessTone, wordsUntilFull } from '../vaults/fullness.js';
import styles from './storage-card.module.css';

const SHOWN = 5;
const POINTS = 40;

/** How full the vaults are, and for how long they will do. */
export function StorageCard({ vaults }: { readonly vaults: readonly VaultSpace[] }) {
  return (
    <Card
      title="Storage"
      aside={<Link to="/vaults">{vaults.length > SHOWN ? `All ${vaults.length}` : 'Vaults'}</Link>}
    >
      <ul className={styles.list}>
        {vaults.slice(0, SHOWN).map((vault) => (
          <Vault key={vault.vaultId} vault={vault} />
        ))}
      </ul>
    </Card>
  );
}

function Vault({ vault }: { readonly vault: VaultSpace }) {
  const { name, freeBytes, totalBytes, snapshots, daysToFull, vaultId } = vault;
  const growth = useQuery(
    apiQuery('GET /vaults/{id}/growth', { params: { id: vaultId }, query: { points: POINTS } }),
  );
  const points = growth.data?.points ?? [];
  const used = freeBytes === null || !totalBytes ? null : 1 - freeBytes / totalBytes;
  return (
    <li className={styles.vault}>
      <div className={styles.line}>
        <span className={styles.name}>{name}</span>
        <span className={styles.free}>
          {freeBytes === null ? 'No receiver tells of it' : <>{formatBytes(freeBytes)} free</>}
        </span>
      </div>
      {used !== null && (
        <UsageBar
          label={`Used of ${name}`}
          share={used}
          value={`${formatPercent(used)} used`}
          tone={fullnessTone({ used, daysToFull })}
        />
      )}
      <div className={styles.line}>
        <span className={styles.detail}>
          {wordsUntilFull(daysToFull)} · {countOf(snapshots, 'snapshot')}
        </span>
        {points.length > 1 && (
          <Sparkline
            width={72}
            height={20}
            values={points.map(({ storedBytes }) => storedBytes)}
            label={`Stored in ${name} in 30 days: from ${formatBytes(points[0]!.storedBytes)} to ${formatBytes(points.at(-1)!.storedBytes)}`}
          />
        )}
      </div>
    </li>
  );
}
