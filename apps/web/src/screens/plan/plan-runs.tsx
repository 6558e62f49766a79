import { ScreenToCome } from '../screen-to-come.js';

export function PlanRuns() {
  return <ScreenToCome title="Runs" />;
}
