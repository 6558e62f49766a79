import { ScreenToCome } from '../screen-to-come.js';

export function PlanSettings() {
  return <ScreenToCome title="Settings" />;
}
