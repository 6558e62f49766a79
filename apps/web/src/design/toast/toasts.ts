import type { Tone } from '../state/states.js';

export interface Toast {
  readonly tone: Tone;
  readonly title: string;
  readonly detail?: string;
  /** A way back or further: `Undo`, `Show run`. */
  readonly action?: { readonly label: string; readonly onPress: () => void };
}

const SHOWN_MS = 6000;
const watchers = new Set<() => void>();
let wanted = false;

/** Says something that happened and takes nobody's place. What went wrong stays until it is closed. */
export function showToast(toast: Toast): void {
  void import('./toast-queue.js').then(({ toasts }) =>
    toasts.add(toast, toast.tone === 'bad' ? {} : { timeout: SHOWN_MS }),
  );
  wanted = true;
  for (const watcher of watchers) watcher();
}

/** True once there was something to say: the place for it is loaded no earlier. */
export function toastsAreWanted(): boolean {
  return wanted;
}

export function watchToasts(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}
