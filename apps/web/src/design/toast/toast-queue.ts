import { UNSTABLE_ToastQueue as ToastQueue } from 'react-aria-components/Toast';
import type { Toast } from './toasts.js';

/** With toast-region.tsx the only file that knows the library's toasts: they are not stable yet. */
export const toasts = new ToastQueue<Toast>({ maxVisibleToasts: 4 });
