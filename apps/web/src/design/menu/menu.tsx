import type { LucideIcon } from 'lucide-react';
import { Menu as AriaMenu, MenuItem, MenuTrigger } from 'react-aria-components/Menu';
import { Popover } from 'react-aria-components/Popover';
import styles from './menu.module.css';

export interface MenuAction {
  readonly id: string;
  readonly label: string;
  readonly icon?: LucideIcon;
  readonly danger?: boolean;
  readonly disabled?: boolean;
  readonly onAction: () => void;
}

export interface MenuProps {
  /** The button that opens it. */
  readonly trigger: React.ReactElement;
  readonly label: string;
  readonly actions: readonly MenuAction[];
}

/** What else one can do, behind a button. */
export function Menu({ trigger, label, actions }: MenuProps) {
  return (
    <MenuTrigger>
      {trigger}
      <Popover className={styles.popover} placement="bottom end" offset={4}>
        <AriaMenu
          aria-label={label}
          className={styles.menu}
          disabledKeys={actions.filter((action) => action.disabled).map(({ id }) => id)}
        >
          {actions.map(({ id, label: words, icon: Icon, danger, onAction }) => (
            <MenuItem
              key={id}
              id={id}
              textValue={words}
              className={`${styles.item} ${danger ? styles.danger : ''}`}
              onAction={onAction}
            >
              {Icon && <Icon size={16} aria-hidden />}
              {words}
            </MenuItem>
          ))}
        </AriaMenu>
      </Popover>
    </MenuTrigger>
  );
}
