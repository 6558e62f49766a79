import type { Overview } from '@periodic-backup/contracts/http';
import { Link } from '@tanstack/react-router';
import { StateBadge } from '../../design/state/state-badge.js';
import { healthLooks, runLooks, type StateLook } from '../../design/state/states.js';
import { RelativeTime } from '../../design/time/relative-time.js';
import { countOf, formatBytes } from '../../format/sizes.js';
import { HEALTH_WORST_FIRST } from '../plans/plan-list-search.js';
import styles from './verdict.module.css';

type Health = NonNullable<Overview['verdict']>;

const HEADLINES: Readonly<Record<Health, string>> = {
  failing: 'Not everything is safe',
  'never-run': 'Something was never backed up',
  'running-late': 'Something is running late',
  unverified: 'Something was not verified for too long',
  healthy: 'Everything is safe',
  paused: 'Everything is paused',
};

/** The answer, in one glance: what can be restored, not what ran. */
export function Verdict({ overview }: { readonly overview: Overview }) {
  const { verdict, sentence, safeSince, running, plans } = overview;
  const look: StateLook = verdict ? healthLooks[verdict] : healthLooks['never-run'];
  const Icon = look.icon;
  return (
    <section className={styles.verdict} data-tone={look.tone} aria-label="Verdict">
      <span className={styles.mark} data-running={running.total > 0}>
        <Icon size={24} strokeWidth={2} aria-hidden />
      </span>
      <div className={styles.words}>
        <h2 className={styles.headline}>
          {verdict ? HEADLINES[verdict] : 'Nothing is backed up yet'}
          {running.total > 0 && (
            <Link to="/runs" search={{ state: ['running', 'queued'] }} className={styles.chip}>
              <StateBadge kind="soft" look={runLooks.running}>
                {running.total === 1 ? 'Backing up now' : `${running.total} running now`}
              </StateBadge>
            </Link>
          )}
        </h2>
        <p className={styles.sentence}>{sentence}</p>
        <Lately overview={overview} safeSince={safeSince} />
      </div>
      {plans.total > 0 && <Counts counts={plans.counts} />}
    </section>
  );
}

function Lately({ overview, safeSince }: { readonly overview: Overview; readonly safeSince: string | null }) {
  const { lastBackup, next } = overview;
  const [soonest] = next;
  if (!lastBackup && !soonest) return null;
  return (
    <ul className={styles.lately}>
      {safeSince && (
        <li>
          Safe since <RelativeTime at={safeSince} show="clock" />
        </li>
      )}
      {lastBackup && (
        <li>
          Last backup{' '}
          <Link to="/runs/$runId" params={{ runId: lastBackup.runId }}>
            {lastBackup.planName}
          </Link>{' '}
          <RelativeTime at={lastBackup.finishedAt} />, {countOf(lastBackup.files, 'file')},{' '}
          {formatBytes(lastBackup.bytesStored)} new
        </li>
      )}
      {soonest && (
        <li>
          Next{' '}
          <Link to="/plans/$planId" params={{ planId: soonest.planId }}>
            {soonest.planName}
          </Link>{' '}
          <RelativeTime at={soonest.dueAt} />
        </li>
      )}
    </ul>
  );
}

/** How many plans are in which state; each leads to them. */
function Counts({ counts }: { readonly counts: Overview['plans']['counts'] }) {
  return (
    <ul className={styles.counts} aria-label="Plans by health">
      {HEALTH_WORST_FIRST.filter((state) => counts[state] > 0).map((state) => {
        const { tone, word } = healthLooks[state];
        return (
          <li key={state}>
            <Link to="/plans" search={{ health: state }} className={styles.count} data-tone={tone}>
              <span className={styles.number}>{counts[state]}</span>
              <span className={styles.word}>{word}</span>
            </Link>
          </li>
        );
      })}
    </ul>
  );
}
