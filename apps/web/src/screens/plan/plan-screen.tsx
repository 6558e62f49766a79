import { Outlet } from '@tanstack/react-router';

export function PlanScreen() {
  return <Outlet />;
}
