import type { PlanInput, Schedule } from '@periodic-backup/contracts';
import type { DemoSourceName } from './demo-sources.js';

const HOUR = 3600;
const DAY = 24 * HOUR;
const cron = (words: string): Schedule => ({ kind: 'cron', cron: words, timezone: 'UTC' });
const every = (everySeconds: number): Schedule => ({ kind: 'every', everySeconds });

export type DemoAgent = 'nas-01' | 'web-01' | 'db-01' | 'laptop-ada';
export type DemoVault = 'cellar' | 'offsite';

/** What becomes of a plan before the demonstration begins. */
export type Fate = 'healthy' | 'running' | 'partial' | 'failing' | 'missed' | 'paused' | 'never-run';

export interface DemoPlan {
  readonly name: string;
  readonly agent: DemoAgent;
  readonly vault: DemoVault;
  readonly source: DemoSourceName;
  readonly schedule: Schedule;
  /** How long a backup of it is said to have taken in the past. */
  readonly usualSeconds: number;
  readonly fate: Fate;
  readonly more?: Partial<PlanInput>;
}

const keeping = (last: number, daily: number, weekly: number): Pick<PlanInput, 'retention'> => ({
  retention: {
    ...{ last, daily, weekly, hourly: 0, monthly: 6, yearly: 0 },
    ...{ withinSeconds: 0, minimumAgeSeconds: DAY },
  },
});

export const demoPlans: readonly DemoPlan[] = [
  {
    ...{ name: 'accounting', agent: 'nas-01', vault: 'cellar', source: 'accounting', fate: 'healthy' },
    ...{ schedule: cron('0 * * * *'), usualSeconds: 41 },
    more: { ...keeping(24, 14, 8), verifySchedule: cron('30 3 * * 0'), excludes: ['*.tmp', '~$*'] },
  },
  {
    ...{ name: 'family-photos', agent: 'nas-01', vault: 'cellar', source: 'photos', fate: 'running' },
    ...{ schedule: cron('0 2 * * *'), usualSeconds: 640 },
    more: { bandwidth: { bytesPerSecond: 400_000, timezone: 'UTC', windows: [] } },
  },
  {
    ...{ name: 'scanned-mail', agent: 'nas-01', vault: 'cellar', source: 'scans', fate: 'healthy' },
    ...{ schedule: every(900), usualSeconds: 6 },
    more: { afterTransmit: 'move' },
  },
  {
    ...{ name: 'websites', agent: 'web-01', vault: 'offsite', source: 'websites', fate: 'healthy' },
    ...{ schedule: cron('15 */6 * * *'), usualSeconds: 95 },
    more: { ...keeping(8, 14, 4), excludes: ['node_modules/', '.cache/'] },
  },
  {
    ...{ name: 'customer-uploads', agent: 'web-01', vault: 'cellar', source: 'uploads', fate: 'partial' },
    ...{ schedule: cron('30 * * * *'), usualSeconds: 52 },
  },
  {
    ...{ name: 'access-logs', agent: 'web-01', vault: 'offsite', source: 'logs', fate: 'paused' },
    ...{ schedule: cron('0 4 * * *'), usualSeconds: 120 },
  },
  {
    ...{ name: 'dns-zones', agent: 'web-01', vault: 'cellar', source: 'zones', fate: 'healthy' },
    ...{ schedule: every(300), usualSeconds: 1 },
    more: { recoveryPointSeconds: 1800 },
  },
  {
    ...{ name: 'mail-archive', agent: 'web-01', vault: 'offsite', source: 'mail', fate: 'never-run' },
    ...{ schedule: cron('0 5 * * 1'), usualSeconds: 900 },
  },
  {
    ...{ name: 'postgres-dumps', agent: 'db-01', vault: 'offsite', source: 'dumps', fate: 'failing' },
    ...{ schedule: cron('0 */3 * * *'), usualSeconds: 210 },
    more: { recoveryPointSeconds: 8 * HOUR },
  },
  {
    ...{ name: 'wiki', agent: 'db-01', vault: 'cellar', source: 'wiki', fate: 'healthy' },
    ...{ schedule: cron('45 */2 * * *'), usualSeconds: 18 },
    more: keeping(12, 30, 12),
  },
  {
    ...{ name: 'home-ada', agent: 'laptop-ada', vault: 'cellar', source: 'home', fate: 'missed' },
    ...{ schedule: cron('0 12,18 * * *'), usualSeconds: 75 },
    more: { recoveryPointSeconds: 2 * DAY },
  },
];
