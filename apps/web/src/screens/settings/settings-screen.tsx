import { ScreenToCome } from '../screen-to-come.js';

export function SettingsScreen() {
  return <ScreenToCome title="Settings" />;
}
