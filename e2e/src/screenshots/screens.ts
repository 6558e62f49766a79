import type { Page } from 'playwright-core';
import type { DemoApi } from '../demo/demo-api.js';

/** A screen of which there are pictures. */
export interface Screen {
  readonly name: string;
  readonly path: string;
  /** What is done before the picture is taken. */
  readonly act?: (page: Page) => Promise<void>;
  /** The main ones in the dark and on a telephone, too. */
  readonly main?: boolean;
}

/** All of them, as the demonstration at `api` has them. */
export async function screens(api: DemoApi): Promise<Screen[]> {
  const plans = await api.items<{ id: string; name: string }>('plans?limit=100');
  const planId = plans.find(({ name }) => name === 'accounting')?.id ?? '';
  const [run] = await api.items<{ id: string }>('runs?limit=1&state=running,partial');
  const [snapshot] = await api.items<{ id: string }>(`snapshots?planId=${planId}&limit=1`);
  return [
    { name: 'overview', path: '/', main: true },
    { name: 'plans', path: '/plans', main: true },
    { name: 'new-plan', path: '/plans/new', main: true },
    { name: 'plan', path: `/plans/${planId}`, main: true },
    { name: 'runs', path: '/runs', main: true },
    { name: 'run', path: `/runs/${run?.id}`, main: true },
    { name: 'snapshots', path: '/snapshots' },
    { name: 'snapshot', path: `/snapshots/${snapshot?.id}`, main: true },
    { name: 'restore', path: `/restore?plan=${planId}` },
    { name: 'agents', path: '/agents' },
    { name: 'receivers', path: '/receivers' },
    { name: 'vaults', path: '/vaults' },
    { name: 'alerts', path: '/alerts' },
    { name: 'alert-rules', path: '/alerts/rules' },
    { name: 'alert-channels', path: '/alerts/channels' },
    { name: 'alert-deliveries', path: '/alerts/deliveries' },
    { name: 'audit', path: '/audit' },
    { name: 'settings', path: '/settings' },
    { name: 'login', path: '/login' },
    { name: 'search', path: '/', act: (page) => page.keyboard.press('Control+k') },
  ];
}
