import { ScreenToCome } from '../screen-to-come.js';

export function OverviewScreen() {
  return <ScreenToCome title="Overview" />;
}
