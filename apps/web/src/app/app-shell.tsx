import { useQueryClient } from '@tanstack/react-query';
import { Outlet, useLocation } from '@tanstack/react-router';
import { Menu, Search } from 'lucide-react';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { Button } from '../design/button/button.js';
import { ToastPlace } from '../design/toast/toast-place.js';
import { followEvents } from '../live/live.js';
import { BlindBanner } from './blind-banner.js';
import { Brand } from './brand.js';
import { LiveStatus } from './live-status.js';
import { NavList } from './nav-list.js';
import { ThemeSwitch } from './theme-switch.js';
import { useShortcut } from './use-shortcut.js';
import { UserMenu } from './user-menu.js';
import styles from './app-shell.module.css';

const NavDrawer = lazy(() => import('./nav-drawer.js'));
const CommandPalette = lazy(() => import('./command-palette.js'));

/** What stays around every screen. */
export function AppShell() {
  const client = useQueryClient();
  const [drawer, setDrawer] = useState(false);
  const [palette, setPalette] = useState(false);
  useEffect(() => followEvents(client), [client]);
  const main = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  const shown = useRef(pathname);
  useEffect(() => {
    if (shown.current === pathname) return;
    shown.current = pathname;
    // Who follows a link goes on from the new screen, not from where the old one ended.
    main.current?.focus({ preventScroll: true });
  }, [pathname]);
  useShortcut('k', () => setPalette((open) => !open));
  const search = (
    <button type="button" className={styles.search} onClick={() => setPalette(true)}>
      <Search size={15} aria-hidden />
      <span>Search</span>
      <kbd className={styles.kbd}>Ctrl K</kbd>
    </button>
  );
  return (
    <div className={styles.shell}>
      <a className={styles.skip} href="#screen">
        Skip to the screen
      </a>
      <aside className={styles.sidebar} aria-label="Console">
        <div className={styles.top}>
          <Brand />
        </div>
        {search}
        <div className={styles.nav}>
          <NavList />
        </div>
        <div className={styles.bottom}>
          <LiveStatus />
          <span className={styles.bottomActions}>
            <ThemeSwitch />
            <UserMenu />
          </span>
        </div>
      </aside>
      <header className={styles.bar}>
        <Button kind="quiet" icon={Menu} aria-label="Open the menu" onPress={() => setDrawer(true)} />
        <Brand />
        <Button kind="quiet" icon={Search} aria-label="Search" onPress={() => setPalette(true)} />
      </header>
      <main ref={main} id="screen" className={styles.main} tabIndex={-1}>
        <BlindBanner />
        <Outlet />
      </main>
      <Suspense fallback={null}>
        {drawer && <NavDrawer onClose={() => setDrawer(false)} />}
        {palette && <CommandPalette onClose={() => setPalette(false)} />}
      </Suspense>
      <ToastPlace />
    </div>
  );
}
