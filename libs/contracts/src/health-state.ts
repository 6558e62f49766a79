import { z } from 'zod';

/** The first that applies, in this order: paused, never-run, failing, running-late, unverified, healthy. */
export const HealthState = z.enum([
  'paused',
  'never-run',
  'failing',
  'running-late',
  'unverified',
  'healthy',
]);
export type HealthState = z.infer<typeof HealthState>;
