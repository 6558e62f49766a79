import { ScreenToCome } from '../screen-to-come.js';

export function AlertRulesScreen() {
  return <ScreenToCome title="Alert rules" />;
}
