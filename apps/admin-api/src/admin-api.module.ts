import { Module, type DynamicModule } from '@nestjs/common';
import type { Logger } from '@periodic-backup/platform';
import { ACCESS_CONTROLLERS, accessProviders } from './access/access-parts.js';
import { AgentRegistry } from './agents/agent-registry.js';
import { AgentsController } from './agents/agents.controller.js';
import { ALERT_CONTROLLERS, alertProviders } from './alerts/alert-parts.js';
import { ChartsController } from './charts/charts.controller.js';
import { BROWSE_CONTROLLERS, browseProviders } from './browse/browse-parts.js';
import type { AdminApiConfig } from './config.js';
import { ConnectionsModule } from './connections/connections.module.js';
import { EventsController } from './events/events.controller.js';
import { LiveFeed } from './events/live-feed.js';
import { RunOwners } from './events/run-owners.js';
import type { FleetAuthority } from './fleet/fleet-authority.js';
import { FLEET_CONTROLLERS, fleetProviders } from './fleet/fleet-parts.js';
import { HealthController } from './health/health.controller.js';
import { RunMetrics } from './health/run-metrics.js';
import type { LauncherChannel } from './launcher/launcher-link.js';
import { LAUNCHER_CONTROLLERS, launcherProviders } from './launcher/launcher-parts.js';
import { LOOK_CONTROLLERS, lookProviders } from './look/look-parts.js';
import { OverviewController } from './overview/overview.controller.js';
import { Overviews } from './overview/overviews.js';
import { VaultSpaces } from './overview/vault-spaces.js';
import { PlanBook } from './plans/plan-book.js';
import { PlanDeletionController } from './plans/plan-deletion.controller.js';
import { PlanWorld } from './plans/plan-world.js';
import { PlansController } from './plans/plans.controller.js';
import { PlanPreviewController } from './plans/preview/plan-preview.controller.js';
import { PlanPreviews } from './plans/preview/plan-previews.js';
import { PlanHealthController } from './promises/plan-health.controller.js';
import { PromisesController } from './promises/promises.controller.js';
import { ReceiversController } from './receivers/receivers.controller.js';
import { ReceiverViews } from './receivers/receiver-views.js';
import { SettingsKeeper } from './receivers/settings-keeper.js';
import { RetentionPreviewController } from './retention/retention-preview.controller.js';
import { RunRequestsController } from './runs/run-requests.controller.js';
import { RunDetails } from './runs/run-details.js';
import { RunsController } from './runs/runs.controller.js';
import { SnapshotShelf } from './snapshots/snapshot-shelf.js';
import { SnapshotsController } from './snapshots/snapshots.controller.js';
import { TaskDesk } from './tasks/task-desk.js';
import { TaskMaker } from './tasks/task-maker.js';
import { TaskRequestsController } from './tasks/task-requests.controller.js';
import { VaultWork } from './vaults/vault-work.js';
import { VaultsController } from './vaults/vaults.controller.js';

/** The process admin-api: what it is made of. */
@Module({})
export class AdminApiModule {
  static with(
    config: AdminApiConfig,
    logger: Logger,
    authority: FleetAuthority,
    launcher: LauncherChannel | null,
  ): DynamicModule {
    return {
      module: AdminApiModule,
      imports: [ConnectionsModule.with(config, logger)],
      controllers: [
        ...[PlansController, RunRequestsController, RunsController, EventsController],
        ...[PlanPreviewController, TaskRequestsController],
        ...ACCESS_CONTROLLERS,
        ...BROWSE_CONTROLLERS,
        ...LOOK_CONTROLLERS,
        ...LAUNCHER_CONTROLLERS,
        ...FLEET_CONTROLLERS,
        ...[PlanDeletionController, RetentionPreviewController, PromisesController, PlanHealthController],
        ...[AgentsController, ReceiversController, VaultsController, SnapshotsController, HealthController],
        ...[OverviewController, ChartsController],
        ...ALERT_CONTROLLERS,
      ],
      providers: [
        ...[
          PlanWorld,
          PlanBook,
          PlanPreviews,
          AgentRegistry,
          SettingsKeeper,
          RunOwners,
          ReceiverViews,
          LiveFeed,
          RunMetrics,
        ],
        ...alertProviders(config),
        ...[RunDetails, VaultSpaces, Overviews],
        ...[SnapshotShelf, TaskMaker, TaskDesk, VaultWork],
        ...browseProviders(config),
        ...accessProviders(config),
        ...lookProviders(config),
        ...launcherProviders(launcher),
        ...fleetProviders(config, authority),
      ],
    };
  }
}
