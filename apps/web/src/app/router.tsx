import type { QueryClient } from '@tanstack/react-query';
import {
  Outlet,
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router';
import { sessionQuery } from '../api/session.js';
import { agentListSearch } from '../screens/agents/agent-list-search.js';
import { alertListSearch } from '../screens/alerts/alert-list-search.js';
import { deliveryListSearch } from '../screens/alerts/delivery-list-search.js';
import { auditListSearch } from '../screens/audit/audit-list-search.js';
import { startWithAPlan } from '../screens/overview/start-with-a-plan.js';
import { periodOf } from '../screens/plan/period.js';
import { planListSearch } from '../screens/plans/plan-list-search.js';
import { runListSearch } from '../screens/runs/run-list-search.js';
import { restoreSearch } from '../screens/restore/restore-search.js';
import { snapshotSearch } from '../screens/snapshot/snapshot-search.js';
import { AppShell } from './app-shell.js';
import { RouteError, RouteNotFound, RoutePending } from './route-states.js';
import { textOrNothing } from './search-values.js';

/** Every screen and its address. The code of each comes when it is first looked at. */

interface RouterContext {
  readonly queryClient: QueryClient;
}

const root = createRootRouteWithContext<RouterContext>()({ component: Outlet });

const login = createRoute({
  getParentRoute: () => root,
  path: '/login',
  validateSearch: (search): { to?: string | undefined } => ({ to: textOrNothing(search['to']) }),
  component: lazyRouteComponent(() => import('../screens/login/login-screen.js'), 'LoginScreen'),
});

const shell = createRoute({
  getParentRoute: () => root,
  id: 'shell',
  component: AppShell,
  beforeLoad: async ({ context, location }) => {
    const session = await context.queryClient.ensureQueryData(sessionQuery);
    if (session === null) redirect({ to: '/login', search: { to: location.href }, throw: true });
  },
});

const overview = createRoute({
  getParentRoute: () => shell,
  path: '/',
  loader: ({ context }) => startWithAPlan(context.queryClient),
  component: lazyRouteComponent(() => import('../screens/overview/overview-screen.js'), 'OverviewScreen'),
});

const plans = createRoute({
  getParentRoute: () => shell,
  path: '/plans',
  validateSearch: planListSearch,
  component: lazyRouteComponent(() => import('../screens/plans/plan-list-screen.js'), 'PlanListScreen'),
});
const newPlan = createRoute({
  getParentRoute: () => shell,
  path: '/plans/new',
  /** `copy`: the plan it begins as; `agent` and `source`: what it is about. */
  validateSearch: (
    search,
  ): { copy?: string | undefined; agent?: string | undefined; source?: string | undefined } => ({
    copy: textOrNothing(search['copy']),
    agent: textOrNothing(search['agent']),
    source: textOrNothing(search['source']),
  }),
  component: lazyRouteComponent(() => import('../screens/plan-form/new-plan-screen.js'), 'NewPlanScreen'),
});
const editPlan = createRoute({
  getParentRoute: () => shell,
  path: '/plans/$planId/edit',
  component: lazyRouteComponent(() => import('../screens/plan-form/edit-plan-screen.js'), 'EditPlanScreen'),
});
const plan = createRoute({
  getParentRoute: () => shell,
  path: '/plans/$planId',
  component: lazyRouteComponent(() => import('../screens/plan/plan-screen.js'), 'PlanScreen'),
});
const planHistory = createRoute({
  getParentRoute: () => plan,
  path: '/',
  /** `days`: how far back its charts go. */
  validateSearch: (search): { days?: number | undefined } => ({ days: periodOf(search['days']) }),
  component: lazyRouteComponent(() => import('../screens/plan/plan-history.js'), 'PlanHistory'),
});
const planRuns = createRoute({
  getParentRoute: () => plan,
  path: '/runs',
  component: lazyRouteComponent(() => import('../screens/plan/plan-runs.js'), 'PlanRuns'),
});
const planSnapshots = createRoute({
  getParentRoute: () => plan,
  path: '/snapshots',
  component: lazyRouteComponent(() => import('../screens/plan/plan-snapshots.js'), 'PlanSnapshots'),
});
const planSettings = createRoute({
  getParentRoute: () => plan,
  path: '/settings',
  component: lazyRouteComponent(() => import('../screens/plan/plan-settings.js'), 'PlanSettings'),
});

const runs = createRoute({
  getParentRoute: () => shell,
  path: '/runs',
  validateSearch: runListSearch,
  component: lazyRouteComponent(() => import('../screens/runs/run-list-screen.js'), 'RunListScreen'),
});
const run = createRoute({
  getParentRoute: () => shell,
  path: '/runs/$runId',
  component: lazyRouteComponent(() => import('../screens/run/run-screen.js'), 'RunScreen'),
});

const snapshots = createRoute({
  getParentRoute: () => shell,
  path: '/snapshots',
  validateSearch: (search): { plan?: string | undefined } => ({ plan: textOrNothing(search['plan']) }),
  component: lazyRouteComponent(
    () => import('../screens/snapshots/snapshot-list-screen.js'),
    'SnapshotListScreen',
  ),
});
const snapshot = createRoute({
  getParentRoute: () => shell,
  path: '/snapshots/$snapshotId',
  validateSearch: snapshotSearch,
  component: lazyRouteComponent(() => import('../screens/snapshot/snapshot-screen.js'), 'SnapshotScreen'),
});
const compare = createRoute({
  getParentRoute: () => shell,
  path: '/snapshots/$snapshotId/compare/$otherId',
  /** `path`: only what is below it; `meta`: also what differs only in owner, mode or time. */
  validateSearch: (search): { path?: string | undefined; meta?: true | undefined } => ({
    path: textOrNothing(search['path']),
    meta: search['meta'] === true ? true : undefined,
  }),
  component: lazyRouteComponent(() => import('../screens/snapshot/compare-screen.js'), 'CompareScreen'),
});
const restore = createRoute({
  getParentRoute: () => shell,
  path: '/restore',
  validateSearch: restoreSearch,
  component: lazyRouteComponent(() => import('../screens/restore/restore-screen.js'), 'RestoreScreen'),
});

const agents = createRoute({
  getParentRoute: () => shell,
  path: '/agents',
  validateSearch: agentListSearch,
  component: lazyRouteComponent(() => import('../screens/agents/agent-list-screen.js'), 'AgentListScreen'),
});
const receivers = createRoute({
  getParentRoute: () => shell,
  path: '/receivers',
  component: lazyRouteComponent(
    () => import('../screens/receivers/receiver-list-screen.js'),
    'ReceiverListScreen',
  ),
});
const vaults = createRoute({
  getParentRoute: () => shell,
  path: '/vaults',
  component: lazyRouteComponent(() => import('../screens/vaults/vault-list-screen.js'), 'VaultListScreen'),
});

const alerts = createRoute({
  getParentRoute: () => shell,
  path: '/alerts',
  validateSearch: alertListSearch,
  component: lazyRouteComponent(() => import('../screens/alerts/alert-list-screen.js'), 'AlertListScreen'),
});
const alertRules = createRoute({
  getParentRoute: () => shell,
  path: '/alerts/rules',
  component: lazyRouteComponent(() => import('../screens/alerts/alert-rules-screen.js'), 'AlertRulesScreen'),
});
const alertChannels = createRoute({
  getParentRoute: () => shell,
  path: '/alerts/channels',
  component: lazyRouteComponent(
    () => import('../screens/alerts/alert-channels-screen.js'),
    'AlertChannelsScreen',
  ),
});
const alertDeliveries = createRoute({
  getParentRoute: () => shell,
  path: '/alerts/deliveries',
  validateSearch: deliveryListSearch,
  component: lazyRouteComponent(() => import('../screens/alerts/deliveries-screen.js'), 'DeliveriesScreen'),
});
const audit = createRoute({
  getParentRoute: () => shell,
  path: '/audit',
  validateSearch: auditListSearch,
  component: lazyRouteComponent(() => import('../screens/audit/audit-screen.js'), 'AuditScreen'),
});
const settings = createRoute({
  getParentRoute: () => shell,
  path: '/settings',
  component: lazyRouteComponent(() => import('../screens/settings/settings-screen.js'), 'SettingsScreen'),
});
const users = createRoute({
  getParentRoute: () => shell,
  path: '/settings/users',
  component: lazyRouteComponent(() => import('../screens/settings/users-screen.js'), 'UsersScreen'),
});
const tokens = createRoute({
  getParentRoute: () => shell,
  path: '/settings/tokens',
  component: lazyRouteComponent(() => import('../screens/settings/tokens-screen.js'), 'TokensScreen'),
});
const password = createRoute({
  getParentRoute: () => shell,
  path: '/settings/password',
  component: lazyRouteComponent(() => import('../screens/settings/password-screen.js'), 'PasswordScreen'),
});
/** Within the shell, so that there is a way on from it. */
const elsewhere = createRoute({ getParentRoute: () => shell, path: '$', component: RouteNotFound });

const routeTree = root.addChildren([
  login,
  shell.addChildren([
    overview,
    ...[plans, newPlan, editPlan, plan.addChildren([planHistory, planRuns, planSnapshots, planSettings])],
    ...[runs, run, snapshots, snapshot, compare, restore],
    ...[agents, receivers, vaults],
    ...[alerts, alertRules, alertChannels, alertDeliveries, audit],
    ...[settings, users, tokens, password, elsewhere],
  ]),
]);

export function makeRouter(queryClient: QueryClient) {
  return createRouter({
    routeTree,
    context: { queryClient },
    defaultPreload: 'intent',
    scrollRestoration: true,
    defaultErrorComponent: RouteError,
    defaultNotFoundComponent: RouteNotFound,
    defaultPendingComponent: RoutePending,
    defaultPendingMs: 300,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
