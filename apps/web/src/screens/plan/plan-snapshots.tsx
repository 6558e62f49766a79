import { ScreenToCome } from '../screen-to-come.js';

export function PlanSnapshots() {
  return <ScreenToCome title="Snapshots" />;
}
