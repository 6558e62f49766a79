import { ScreenToCome } from '../screen-to-come.js';

export function ReceiverListScreen() {
  return <ScreenToCome title="Receivers" />;
}
