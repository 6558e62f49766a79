import { ScreenToCome } from '../screen-to-come.js';

export function RestoreScreen() {
  return <ScreenToCome title="Restore" />;
}
