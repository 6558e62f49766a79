import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { mayDo, sessionQuery } from '../api/session.js';
import { navigation } from './navigation.js';
import styles from './nav-list.module.css';

/** Links to all screens that one may see. @param onGo called when one is followed: the drawer closes */
export function NavList({ onGo }: { readonly onGo?: () => void }) {
  const { data: session } = useQuery(sessionQuery);
  return (
    <nav aria-label="Screens" className={styles.nav}>
      {navigation.map(({ label, items }) => (
        <div key={label} role="group" aria-label={label} className={styles.group}>
          <span className={styles.label} aria-hidden>
            {label}
          </span>
          {items
            .filter(({ right }) => !right || session === undefined || mayDo(session, right))
            .map(({ to, label: words, icon: Icon, exact }) => (
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
