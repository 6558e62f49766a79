import { useQuery } from '@tanstack/react-query';
import { sessionQuery } from '../../api/session.js';
import { useMay } from '../../api/use-may.js';
import { TabBar } from '../../design/tabs/tab-bar.js';

/** The parts of the settings that one may see. */
export function SettingsTabs() {
  const { data } = useQuery(sessionQuery);
  const mayAdminister = useMay('administer');
  return (
    <TabBar
      label="Settings"
      tabs={[
        { label: 'General', link: { to: '/settings' } },
        ...(mayAdminister ? [{ label: 'Users', link: { to: '/settings/users' } } as const] : []),
        { label: 'Tokens', link: { to: '/settings/tokens' } },
        ...(data?.user ? [{ label: 'Password', link: { to: '/settings/password' } } as const] : []),
      ]}
    />
  );
}
