import { lazy, Suspense, useSyncExternalStore } from 'react';
import { toastsAreWanted, watchToasts } from './toasts.js';

const ToastRegion = lazy(() => import('./toast-region.js'));

/** Where toasts appear; once, in the shell. */
export function ToastPlace() {
  const wanted = useSyncExternalStore(watchToasts, toastsAreWanted);
  return <Suspense fallback={null}>{wanted && <ToastRegion />}</Suspense>;
}
