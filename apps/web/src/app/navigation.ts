import type { Right } from '@periodic-backup/contracts/http';
import {
  Archive,
  Bell,
  CalendarClock,
  Database,
  History,
  LayoutDashboard,
  Laptop,
  RotateCcw,
  ScrollText,
  Server,
  Settings,
  type LucideIcon,
} from 'lucide-react';

export interface Destination {
  readonly to: string;
  readonly label: string;
  readonly icon: LucideIcon;
  /** Only the very path counts as here. */
  readonly exact?: boolean;
  /** Who lacks it is not led there. */
  readonly right?: Right;
}

/** The screens one goes to from anywhere, in groups. */
export const navigation: readonly { readonly label: string; readonly items: readonly Destination[] }[] = [
  {
    label: 'Backups',
    items: [
      { to: '/', label: 'Overview', icon: LayoutDashboard, exact: true },
      { to: '/plans', label: 'Plans', icon: CalendarClock },
      { to: '/runs', label: 'Runs', icon: History },
      { to: '/snapshots', label: 'Snapshots', icon: Archive },
      { to: '/restore', label: 'Restore', icon: RotateCcw },
    ],
  },
  {
    label: 'Machines',
    items: [
      { to: '/agents', label: 'Agents', icon: Laptop },
      { to: '/receivers', label: 'Receivers', icon: Server },
      { to: '/vaults', label: 'Vaults', icon: Database },
    ],
  },
  {
    label: 'Watch',
    items: [
      { to: '/alerts', label: 'Alerts', icon: Bell },
      { to: '/audit', label: 'Audit', icon: ScrollText, right: 'administer' },
      { to: '/settings', label: 'Settings', icon: Settings },
    ],
  },
];
