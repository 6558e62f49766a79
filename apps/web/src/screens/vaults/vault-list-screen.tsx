import { ScreenToCome } from '../screen-to-come.js';

export function VaultListScreen() {
  return <ScreenToCome title="Vaults" />;
}
