import { ScreenToCome } from '../screen-to-come.js';

export function CompareScreen() {
  return <ScreenToCome title="Compare" />;
}
