import { z } from 'zod';
import { HealthState } from './health-state.js';
import { PageQuery, pageOf } from './http.js';
import { AgentId } from './names.js';
import { RecoveryPoint } from './promise-views.js';

export { HealthState } from './health-state.js';

export const PlanHealth = z
  .object({
    planId: z.uuid(),
    planName: z.string(),
    agentId: AgentId,
    state: HealthState,
    /** Explains the state to a person. */
    sentence: z.string(),
    recoveryPoint: RecoveryPoint,
  })
  .meta({ id: 'PlanHealth' });
export type PlanHealth = z.infer<typeof PlanHealth>;

export const PlanHealthPage = pageOf(PlanHealth, 'PlanHealthPage')
  .extend({
    /** Of all plans, or of those named, whatever their state. */
    counts: z.record(HealthState, z.int().nonnegative()),
  })
  .meta({ id: 'PlanHealthPage' });
export const PlanHealthQuery = PageQuery.extend({
  state: HealthState.optional(),
  /** Of these only; comma-separated or repeated. */
  planIds: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .transform((value) =>
      value === undefined ? undefined : [value].flat().flatMap((part) => part.split(',')),
    )
    .pipe(z.array(z.uuid('must be UUIDs')).min(1).max(500).optional()),
});
