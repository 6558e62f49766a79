import { ScreenToCome } from '../screen-to-come.js';

export function SnapshotListScreen() {
  return <ScreenToCome title="Snapshots" />;
}
