import { ScreenToCome } from '../screen-to-come.js';

export function DeliveriesScreen() {
  return <ScreenToCome title="Deliveries" />;
}
