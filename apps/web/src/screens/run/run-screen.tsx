import { ScreenToCome } from '../screen-to-come.js';

export function RunScreen() {
  return <ScreenToCome title="Run" />;
}
