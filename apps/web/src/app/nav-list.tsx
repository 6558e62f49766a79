import { Link } from '@tanstack/react-router';
import { navigation } from './navigation.js';
import styles from './nav-list.module.css';

/** Links to all screens. @param onGo called when one is followed: the drawer closes */
export function NavList({ onGo }: { readonly onGo?: () => void }) {
  return (
    <nav aria-label="Screens" className={styles.nav}>
      {navigation.map(({ label, items }) => (
        <div key={label} role="group" aria-label={label} className={styles.group}>
          <span className={styles.label} aria-hidden>
            {label}
          </span>
          {items.map(({ to, label: words, icon: Icon, exact }) => (
            <Link
              key={to}
              to={to}
              className={styles.item}
              activeOptions={{ exact: exact ?? false }}
              activeProps={{ 'aria-current': 'page' }}
              onClick={onGo}
            >
              <Icon size={16} strokeWidth={1.9} aria-hidden />
              {words}
            </Link>
          ))}
        </div>
      ))}
    </nav>
  );
}
