import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { CircleUser } from 'lucide-react';
import { lazy, Suspense } from 'react';
import { logOut, sessionQuery } from '../api/session.js';
import { Button } from '../design/button/button.js';

const Menu = lazy(() => import('../design/menu/menu.js').then((module) => ({ default: module.Menu })));

/** Who is logged in, and the way out; nothing on an installation that knows no users. */
export function UserMenu() {
  const client = useQueryClient();
  const navigate = useNavigate();
  const { data } = useQuery(sessionQuery);
  if (!data?.user) return null;
  const leave = async (): Promise<void> => {
    await logOut();
    client.clear();
    window.location.assign('/login');
  };
  return (
    <Suspense fallback={null}>
      <Menu
        label={data.user.name}
        trigger={
          <Button kind="quiet" size="small" icon={CircleUser} aria-label={`Logged in as ${data.user.name}`} />
        }
        actions={[
          {
            ...{ id: 'password', label: 'Change your password' },
            onAction: () => void navigate({ to: '/settings/password' }),
          },
          { id: 'leave', label: `Log out ${data.user.name}`, onAction: () => void leave() },
        ]}
      />
    </Suspense>
  );
}
