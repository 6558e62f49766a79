import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { Pencil } from 'lucide-react';
import { apiQuery } from '../../api/queries.js';
import { useMay } from '../../api/use-may.js';
import { ButtonLink } from '../../design/button/button-link.js';
import { SkeletonRows } from '../../design/feedback/skeleton.js';
import { Card } from '../../design/page/card.js';
import { Fact, Facts } from '../../design/page/facts.js';
import { RelativeTime } from '../../design/time/relative-time.js';
import { formatAge } from '../../format/durations.js';
import { formatRate } from '../../format/sizes.js';
import { planPreviewQuery } from '../plan-form/plan-preview-query.js';
import { PlanCommands } from '../plan-form/plan-commands.js';
import styles from './plan.module.css';

/** A plan as it is set, in words and one by one. */
export function PlanSettings() {
  const { planId } = useParams({ from: '/shell/plans/$planId' });
  const plan = useQuery(apiQuery('GET /plans/{id}', { params: { id: planId } }));
  const vaults = useQuery(apiQuery('GET /vaults'));
  const mayOperate = useMay('operate');
  // Nothing is changed: the plan as it is, in the words of the server.
  const preview = useQuery({ ...planPreviewQuery({}, planId), enabled: mayOperate });
  if (!plan.data) return <SkeletonRows what="the settings" />;
  const { data } = plan;
  const vault = vaults.data?.items.find(({ id }) => id === data.vaultId);
  return (
    <div className={styles.settings}>
      <Card
        title="Settings"
        aside={
          mayOperate && (
            <ButtonLink size="small" icon={Pencil} to="/plans/$planId/edit" params={{ planId }}>
              Edit
            </ButtonLink>
          )
        }
      >
        <Facts>
          <Fact name="Agent" mono>
            {data.agentId}
          </Fact>
          <Fact name="Source directory" mono>
            {data.sourceDir}
          </Fact>
          <Fact name="Left out" mono>
            {data.excludes.length === 0
              ? 'nothing'
              : data.excludes.map((rule) => <div key={rule}>{rule}</div>)}
          </Fact>
          <Fact name="Vault">{vault?.name ?? data.vaultId}</Fact>
          <Fact name="When">
            {preview.data?.schedule?.sentence ??
              (data.schedule.kind === 'cron'
                ? `${data.schedule.cron} (${data.schedule.timezone})`
                : `every ${formatAge(data.schedule.everySeconds)}`)}
          </Fact>
          <Fact name="Promised age">
            {data.recoveryPointSeconds === null ? 'twice the period' : formatAge(data.recoveryPointSeconds)}
          </Fact>
          <Fact name="After transmit">{data.afterTransmit}</Fact>
          {data.backupDir !== null && (
            <Fact name="Backup directory" mono>
              {data.backupDir}
            </Fact>
          )}
          <Fact name="Bandwidth">
            {data.bandwidth === null
              ? 'full speed'
              : `${data.bandwidth.bytesPerSecond === null ? 'full speed' : formatRate(data.bandwidth.bytesPerSecond)}${data.bandwidth.windows.length > 0 ? ', with a timetable' : ''}`}
          </Fact>
          <Fact name="Verification">
            {data.verifySchedule === null
              ? 'only by hand'
              : (preview.data?.verifySchedule?.sentence ?? 'by a schedule')}
          </Fact>
          <Fact name="Made">
            <RelativeTime at={data.createdAt} />, changed <RelativeTime at={data.updatedAt} />
          </Fact>
          {data.pausedAt !== null && (
            <Fact name="Paused">
              <RelativeTime at={data.pausedAt} />
            </Fact>
          )}
          <Fact name="Alerts">
            <Link to="/alerts/rules">as the alert rules say</Link>
          </Fact>
        </Facts>
      </Card>
      {preview.data && (
        <div className={styles.column}>
          <Card title="In plain words">
            <ul className={styles.consequences}>
              {preview.data.review.map((sentence) => (
                <li key={sentence}>{sentence}</li>
              ))}
            </ul>
          </Card>
          <Card title="The same as a command">
            <PlanCommands commands={preview.data.commands} />
          </Card>
        </div>
      )}
    </div>
  );
}
