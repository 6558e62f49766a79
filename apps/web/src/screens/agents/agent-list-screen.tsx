import { ScreenToCome } from '../screen-to-come.js';

export function AgentListScreen() {
  return <ScreenToCome title="Agents" />;
}
