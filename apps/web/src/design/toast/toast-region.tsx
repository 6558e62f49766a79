import { CircleAlert, CircleCheck, Info, TriangleAlert, X } from 'lucide-react';
import { Text } from 'react-aria-components/Text';
import {
  UNSTABLE_Toast as AriaToast,
  UNSTABLE_ToastContent as ToastContent,
  UNSTABLE_ToastRegion as AriaToastRegion,
} from 'react-aria-components/Toast';
import { Button } from '../button/button.js';
import { toasts } from './toast-queue.js';
import styles from './toast-region.module.css';

const ICONS = { ok: CircleCheck, warn: TriangleAlert, bad: CircleAlert, run: Info, idle: Info };

/** Where toasts are shown; once, in the shell. */
export default function ToastRegion() {
  return (
    <AriaToastRegion queue={toasts} className={styles.region} aria-label="Messages">
      {({ toast }) => {
        const { tone, title, detail, action } = toast.content;
        const Icon = ICONS[tone];
        return (
          <AriaToast toast={toast} className={styles.toast}>
            <Icon size={17} aria-hidden className={styles[tone]} />
            <ToastContent className={styles.words}>
              <Text slot="title" className={styles.title}>
                {title}
              </Text>
              {detail && <Text slot="description">{detail}</Text>}
            </ToastContent>
            {action && (
              <Button
                kind="quiet"
                size="small"
                onPress={() => {
                  action.onPress();
                  toasts.close(toast.key);
                }}
              >
                {action.label}
              </Button>
            )}
            <Button slot="close" kind="quiet" size="small" icon={X} aria-label="Close message" />
          </AriaToast>
        );
      }}
    </AriaToastRegion>
  );
}
