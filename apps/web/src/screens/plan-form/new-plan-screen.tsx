import { ScreenToCome } from '../screen-to-come.js';

export function NewPlanScreen() {
  return <ScreenToCome title="New plan" />;
}
