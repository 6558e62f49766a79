import { TabBar } from '../../design/tabs/tab-bar.js';

/** The parts of what is watched. */
export function AlertTabs() {
  return (
    <TabBar
      label="Alerts"
      tabs={[
        { label: 'Open', link: { to: '/alerts' } },
        { label: 'Resolved', link: { to: '/alerts', search: { state: 'resolved' } } },
        { label: 'Rules', link: { to: '/alerts/rules' } },
        { label: 'Channels', link: { to: '/alerts/channels' } },
        { label: 'Messages', link: { to: '/alerts/deliveries' } },
      ]}
    />
  );
}
