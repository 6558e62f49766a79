import type { Right } from '@periodic-backup/contracts/http';
import { useQuery } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { apiQuery } from '../../api/queries.js';
import { sessionQuery } from '../../api/session.js';
import { chooseTheme, themeChoice, watchTheme } from '../../app/theme.js';
import { FilterChips } from '../../design/filter/filter-chips.js';
import { Copyable } from '../../design/layout/copyable.js';
import { Card } from '../../design/page/card.js';
import { Fact, Facts } from '../../design/page/facts.js';
import { Page } from '../../design/page/page.js';
import { RelativeTime } from '../../design/time/relative-time.js';
import { useConnected } from '../../live/live.js';
import { SettingsTabs } from './settings-tabs.js';
import styles from './settings.module.css';

const THEMES = [
  { id: 'light', label: 'Light' },
  { id: 'dark', label: 'Dark' },
  { id: 'system', label: 'Like the system' },
] as const;

/** How the console looks, who one is, and where everything else of the installation is found. */
export function SettingsScreen() {
  return (
    <Page title="Settings" tabs={<SettingsTabs />}>
      <div className={styles.cards}>
        <LookCard />
        <CallerCard />
        <InstallationCard />
        <ProgramsCard />
      </div>
    </Page>
  );
}

function LookCard() {
  const choice = useSyncExternalStore(watchTheme, themeChoice);
  return (
    <Card title="Appearance">
      <Facts>
        <Fact name="Theme">
          <FilterChips label="Theme" chips={THEMES} chosen={[choice]} onPress={chooseTheme} />
        </Fact>
        <Fact name="Times">
          in your own zone, {Intl.DateTimeFormat().resolvedOptions().timeZone}; exactly, where you point
        </Fact>
        <Fact name="Keyboard">
          <kbd>Ctrl</kbd> <kbd>K</kbd> goes anywhere; in lists the arrow keys, <kbd>Home</kbd>, <kbd>End</kbd>{' '}
          and <kbd>Enter</kbd>
        </Fact>
      </Facts>
    </Card>
  );
}

const RIGHT_WORDS: Readonly<Record<Right, string>> = {
  read: 'look at everything',
  operate: 'make and run plans',
  restore: 'restore and download',
  delete: 'delete plans and unpin snapshots',
  administer: 'administer users, machines and alerts',
};

function CallerCard() {
  const { data } = useQuery(sessionQuery);
  if (!data) return null;
  return (
    <Card title="You">
      <Facts>
        <Fact name="Logged in as">{data.user?.name ?? 'nobody: whoever reaches this API may do this'}</Fact>
        <Fact name="Role">{data.role}</Fact>
        <Fact name="You may">{data.rights.map((right) => RIGHT_WORDS[right]).join(', ')}</Fact>
      </Facts>
    </Card>
  );
}

function InstallationCard() {
  const connected = useConnected();
  const overview = useQuery(apiQuery('GET /overview'));
  const agents = useQuery(apiQuery('GET /agents'));
  const versions = [...new Set((agents.data?.items ?? []).flatMap(({ version }) => version ?? []))];
  return (
    <Card title="This installation">
      <Facts>
        <Fact name="Address" mono>
          {window.location.origin}
        </Fact>
        <Fact name="Live events">{connected ? 'come' : 'do not come: what is shown may be old'}</Fact>
        <Fact name="Server's clock">
          {overview.data ? <RelativeTime at={overview.data.at} show="clock" /> : '…'}
        </Fact>
        <Fact name="Versions of agents">{versions.join(', ') || 'none is known'}</Fact>
        <Fact name="Health">
          <a href="/readyz">readiness</a> · <a href="/metrics">metrics for Prometheus</a>
        </Fact>
      </Facts>
    </Card>
  );
}

function ProgramsCard() {
  return (
    <Card title="For programs">
      <div className={styles.programs}>
        <p>
          Whatever this console does it asks of the REST API: <a href="/api/docs">its reference</a>,{' '}
          <a href="/api/openapi.json">as OpenAPI</a>. The command-line client does the same:
        </p>
        <Copyable text={`pbk --api ${window.location.origin} plans`} label="a command" />
      </div>
    </Card>
  );
}
