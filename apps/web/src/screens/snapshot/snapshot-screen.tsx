import { ScreenToCome } from '../screen-to-come.js';

export function SnapshotScreen() {
  return <ScreenToCome title="Snapshot" />;
}
