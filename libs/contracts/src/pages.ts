import { z } from 'zod';
import { TokenView, UserView } from './access.js';
import { AlertChannelView } from './alert-channels.js';
import { AlertDelivery, AlertRule } from './alerts.js';
import { AuditEntry } from './audit.js';
import { DiffEntry, EntryView } from './browse.js';
import { AgentView, ReceiverView, SnapshotView, VaultView, pageOf } from './http.js';
import { Plan } from './plan.js';
import { Run, RunProblem } from './run.js';
import { DrillView } from './task-requests.js';

/** Pages of the lists of REST that are nothing but their items. */

export const PlanPage = pageOf(Plan, 'PlanPage')
  .extend({
    /** Of all pages. */
    total: z.int().nonnegative(),
  })
  .meta({ id: 'PlanPage' });
export const RunPage = pageOf(Run, 'RunPage');
export const RunProblemPage = pageOf(RunProblem, 'RunProblemPage');
export const AgentPage = pageOf(AgentView, 'AgentPage');
export const ReceiverPage = pageOf(ReceiverView, 'ReceiverPage');
export const VaultPage = pageOf(VaultView, 'VaultPage');
export const SnapshotPage = pageOf(SnapshotView, 'SnapshotPage');
export const EntryPage = pageOf(EntryView, 'EntryPage');
export const DiffPage = pageOf(DiffEntry, 'DiffPage');
export const DrillPage = pageOf(DrillView, 'DrillPage');
export const AlertRulePage = pageOf(AlertRule, 'AlertRulePage');
export const AlertChannelPage = pageOf(AlertChannelView, 'AlertChannelPage');
export const AlertDeliveryPage = pageOf(AlertDelivery, 'AlertDeliveryPage');
export const UserPage = pageOf(UserView, 'UserPage');
export const TokenPage = pageOf(TokenView, 'TokenPage');
export const AuditPage = pageOf(AuditEntry, 'AuditPage');
