import { X } from 'lucide-react';
import { Dialog } from 'react-aria-components/Dialog';
import { Modal, ModalOverlay } from 'react-aria-components/Modal';
import { Button } from '../design/button/button.js';
import { Brand } from './brand.js';
import { LiveStatus } from './live-status.js';
import { NavList } from './nav-list.js';
import { ThemeSwitch } from './theme-switch.js';
import { UserMenu } from './user-menu.js';
import styles from './nav-drawer.module.css';

/** The navigation where there is no room beside the screen. */
export default function NavDrawer({ onClose }: { readonly onClose: () => void }) {
  return (
    <ModalOverlay className={styles.overlay} isOpen isDismissable onOpenChange={onClose}>
      <Modal className={styles.modal}>
        <Dialog className={styles.drawer} aria-label="Menu">
          <div className={styles.top}>
            <Brand onGo={onClose} />
            <Button kind="quiet" icon={X} aria-label="Close the menu" onPress={onClose} />
          </div>
          <NavList onGo={onClose} />
          <div className={styles.bottom}>
            <LiveStatus />
            <span className={styles.actions}>
              <ThemeSwitch />
              <UserMenu />
            </span>
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
