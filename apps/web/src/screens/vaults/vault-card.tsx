import type { VaultView } from '@periodic-backup/contracts/http';
import { useQuery } from '@tanstack/react-query';
import { FolderSync, Gauge } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { apiQuery } from '../../api/queries.js';
import { useAction } from '../../api/use-action.js';
import { useMay } from '../../api/use-may.js';
import { Button } from '../../design/button/button.js';
import { ButtonLink } from '../../design/button/button-link.js';
import { Card } from '../../design/page/card.js';
import { Fact, Facts } from '../../design/page/facts.js';
import { UsageBar } from '../../design/progress/progress-bar.js';
import { StateBadge } from '../../design/state/state-badge.js';
import { presenceLooks } from '../../design/state/states.js';
import { Sentence } from '../../design/time/sentence.js';
import { countOf, formatBytes, formatPercent, formatRate } from '../../format/sizes.js';
import { fullnessTone } from './fullness.js';
import { VaultGrowthChart } from './vault-growth-chart.js';
import styles from './vaults.module.css';

const VaultLimitsDialog = lazy(() =>
  import('./vault-limits-dialog.js').then((module) => ({ default: module.VaultLimitsDialog })),
);

const LAYOUTS: Readonly<Record<VaultView['layout'], string>> = {
  folders: 'plain folders that anybody can open',
  packs: 'packs: deduplicated and compressed',
};

/** A vault: its room now, its room over time, and its limits. */
export function VaultCard({ vault }: { readonly vault: VaultView }) {
  const { id, name, layout, freeBytes, totalBytes, snapshots, receiversOnline } = vault;
  const [limiting, setLimiting] = useState(false);
  const mayOperate = useMay('operate');
  const reindex = useAction('POST /vaults/{id}/reindex', {
    done: `The receivers of ${name} read their vault anew`,
    failed: `${name} is not read anew`,
  });
  const growth = useQuery(apiQuery('GET /vaults/{id}/growth', { params: { id }, query: {} }));
  const used = freeBytes === null || !totalBytes ? null : 1 - freeBytes / totalBytes;
  const daysToFull = growth.data?.daysToFull ?? null;
  return (
    <Card
      title={name}
      aside={
        receiversOnline > 0 ? (
          countOf(receiversOnline, 'receiver online', 'receivers online')
        ) : (
          <StateBadge look={presenceLooks.offline}>No receiver online</StateBadge>
        )
      }
    >
      <div className={styles.vault}>
        <div className={styles.room}>
          {used === null ? (
            <p className={styles.muted}>How much room there is, nobody tells: no receiver of it is online.</p>
          ) : (
            <>
              <p className={styles.free}>
                <b>{formatBytes(freeBytes ?? 0)}</b> free of {formatBytes(totalBytes ?? 0)}
              </p>
              <UsageBar
                label={`Used of ${name}`}
                share={used}
                value={`${formatPercent(used)} used`}
                tone={fullnessTone({ used, daysToFull })}
              />
            </>
          )}
          {growth.data && (
            <p className={styles.muted}>
              <Sentence text={growth.data.sentence} />
            </p>
          )}
          <Facts>
            <Fact name="Snapshots">{countOf(snapshots, 'snapshot')}</Fact>
            <Fact name="Layout">{LAYOUTS[layout]}</Fact>
            <Fact name="Runs at once">
              {vault.maxRuns === null ? 'as many as come' : `at most ${vault.maxRuns}`}
            </Fact>
            <Fact name="Takes in">
              {vault.bytesPerSecond === null
                ? 'at full speed'
                : `at most ${formatRate(vault.bytesPerSecond)}`}
            </Fact>
          </Facts>
          <div className={styles.actions}>
            <ButtonLink size="small" to="/plans" search={{ vault: id }}>
              Its plans
            </ButtonLink>
            {mayOperate && (
              <>
                <Button size="small" icon={Gauge} onPress={() => setLimiting(true)}>
                  Limits
                </Button>
                <Button
                  size="small"
                  icon={FolderSync}
                  pending={reindex.isPending}
                  isDisabled={receiversOnline === 0}
                  onPress={() => reindex.mutate({ params: { id } })}
                >
                  Read anew
                </Button>
              </>
            )}
          </div>
        </div>
        <VaultGrowthChart vaultId={id} name={name} />
      </div>
      <Suspense fallback={null}>
        {limiting && <VaultLimitsDialog vault={vault} onClose={() => setLimiting(false)} />}
      </Suspense>
    </Card>
  );
}
