import { ScreenToCome } from '../screen-to-come.js';

export function AlertChannelsScreen() {
  return <ScreenToCome title="Alert channels" />;
}
