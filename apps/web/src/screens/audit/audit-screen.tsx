import { ScreenToCome } from '../screen-to-come.js';

export function AuditScreen() {
  return <ScreenToCome title="Audit" />;
}
