import { ScreenToCome } from '../screen-to-come.js';

export function EditPlanScreen() {
  return <ScreenToCome title="Edit plan" />;
}
