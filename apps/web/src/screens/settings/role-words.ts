import type { GrantedRight, Role } from '@periodic-backup/contracts/http';
import type { Option } from '../../design/field/option-item.js';

export const ROLES: readonly (Option & { readonly id: Role })[] = [
  { id: 'viewer', label: 'Viewer', detail: 'Looks at everything, changes nothing' },
  { id: 'operator', label: 'Operator', detail: 'Makes, changes and runs plans' },
  { id: 'admin', label: 'Admin', detail: 'Users, machines and alerts, too' },
];

export const GRANTED: readonly { readonly right: GrantedRight; readonly label: string }[] = [
  { right: 'restore', label: 'May restore and download files' },
  { right: 'delete', label: 'May delete plans and unpin snapshots' },
];

/** `Operator, restore`. */
export function roleInWords(role: Role, granted: readonly GrantedRight[]): string {
  const label = ROLES.find(({ id }) => id === role)?.label ?? role;
  return [label, ...granted].join(', ');
}
