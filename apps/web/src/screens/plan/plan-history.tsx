import { ScreenToCome } from '../screen-to-come.js';

export function PlanHistory() {
  return <ScreenToCome title="History" />;
}
