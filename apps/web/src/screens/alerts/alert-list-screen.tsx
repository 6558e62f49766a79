import { ScreenToCome } from '../screen-to-come.js';

export function AlertListScreen() {
  return <ScreenToCome title="Alerts" />;
}
