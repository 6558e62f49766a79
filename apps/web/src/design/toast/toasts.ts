import { UNSTABLE_ToastQueue as ToastQueue } from 'react-aria-components/Toast';
import type { Tone } from '../state/states.js';

/** The only file, with toast-region.tsx, that knows the library's toasts: they are not stable yet. */

export interface Toast {
  readonly tone: Tone;
  readonly title: string;
  readonly detail?: string;
  /** A way back or further: `Undo`, `Show run`. */
  readonly action?: { readonly label: string; readonly onPress: () => void };
}

const SHOWN_MS = 6000;

export const toasts = new ToastQueue<Toast>({ maxVisibleToasts: 4 });

/** Says something that happened and takes nobody's place. What went wrong stays until it is closed. */
export function showToast(toast: Toast): void {
  toasts.add(toast, toast.tone === 'bad' ? {} : { timeout: SHOWN_MS });
}
