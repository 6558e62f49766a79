import type { Plan, PlanHealth } from '@periodic-backup/contracts/http';
import { Hint } from '../../design/layout/hint.js';
import { StateBadge } from '../../design/state/state-badge.js';
import { healthLooks } from '../../design/state/states.js';
import type { Column } from '../../design/table/column.js';
import { RelativeTime } from '../../design/time/relative-time.js';
import { Sentence } from '../../design/time/sentence.js';
import { PlanStripOf } from './plan-strip-of.js';
import { SnapshotAge } from './snapshot-age.js';
import type { PlanStanding } from './use-plan-standings.js';
import styles from './plan-list.module.css';

/** Health with the sentence that explains it. */
export function PlanHealthBadge({ health }: { readonly health: PlanHealth }) {
  return (
    <Hint inRow hint={<Sentence text={health.sentence} />}>
      <span>
        <StateBadge look={healthLooks[health.state]} />
      </span>
    </Hint>
  );
}

/** What a row of a list of plans shows. */
export function planColumns(standings: (planId: string) => PlanStanding): Column<Plan>[] {
  return [
    {
      ...{ id: 'name', header: 'Plan', width: 'minmax(9rem, 1.3fr)', sortBy: 'name' },
      cell: (plan) => <span className={styles.name}>{plan.name}</span>,
    },
    {
      ...{ id: 'health', header: 'Health', width: '7.5rem' },
      cell: ({ id }) => {
        const { health } = standings(id);
        return health && <PlanHealthBadge health={health} />;
      },
    },
    {
      ...{ id: 'strip', header: 'Last 30 due times', width: '16.75rem', dropBelow: 860 },
      cell: ({ id, name }) => {
        const { strip } = standings(id);
        return strip && <PlanStripOf strip={strip} planName={name} length={30} />;
      },
    },
    {
      ...{ id: 'age', header: 'Newest snapshot', width: '8rem' },
      cell: ({ id }) => {
        const { health } = standings(id);
        return health && <SnapshotAge health={health} />;
      },
    },
    {
      ...{ id: 'agent', header: 'Agent', width: 'minmax(6rem, 0.7fr)', dropBelow: 940 },
      cell: ({ agentId }) => <span className={styles.muted}>{agentId}</span>,
    },
    {
      ...{ id: 'source', header: 'Source', width: 'minmax(9rem, 1.4fr)', dropBelow: 1180 },
      cell: ({ sourceDir }) => <code className={styles.path}>{sourceDir}</code>,
    },
    {
      ...{ id: 'next', header: 'Next run', width: '5.5rem', align: 'end' },
      cell: ({ nextDueAt }) =>
        nextDueAt ? <RelativeTime at={nextDueAt} inRow /> : <span className={styles.muted}>–</span>,
    },
  ];
}
