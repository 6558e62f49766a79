import type { GrantedRight, Role } from '@periodic-backup/contracts/http';
import { Checkbox } from '../../design/field/checkbox.js';
import { Select } from '../../design/field/select.js';
import { GRANTED, ROLES } from './role-words.js';

export interface RoleFieldsProps {
  readonly role: Role;
  readonly onRole: (role: Role) => void;
  readonly granted: readonly GrantedRight[];
  readonly onGranted: (granted: GrantedRight[]) => void;
  readonly error?: string | undefined;
}

/** What somebody may: a role, and the two rights that no role brings. */
export function RoleFields({ role, onRole, granted, onGranted, error }: RoleFieldsProps) {
  return (
    <>
      <Select
        label="Role"
        options={ROLES}
        value={role}
        error={error}
        onChange={(id) => onRole(ROLES.find((one) => one.id === id)?.id ?? 'viewer')}
      />
      {GRANTED.map(({ right, label }) => (
        <Checkbox
          key={right}
          isSelected={granted.includes(right)}
          onChange={(on) => onGranted(on ? [...granted, right] : granted.filter((one) => one !== right))}
        >
          {label}
        </Checkbox>
      ))}
    </>
  );
}
