import type { Attention, Overview } from '@periodic-backup/contracts/http';
import { Link } from '@tanstack/react-router';
import { Card } from '../../design/page/card.js';
import { StateBadge } from '../../design/state/state-badge.js';
import { healthLooks, type StateLook } from '../../design/state/states.js';
import { RelativeTime } from '../../design/time/relative-time.js';
import { Sentence } from '../../design/time/sentence.js';
import { formatCount } from '../../format/sizes.js';
import { AttentionAction } from './attention-action.js';
import { attentionLooks, placeOf } from './attention-place.js';
import styles from './attention-list.module.css';

const SHOWN = 8;

/** What somebody should do something about, worst first: each with its cause and one thing to do. */
export function AttentionList({ attention }: { readonly attention: Overview['attention'] }) {
  const shown = attention.items.slice(0, SHOWN);
  const rest = attention.total - shown.length;
  return (
    <Card title="Needs attention" aside={formatCount(attention.total)} padding="none">
      <ul className={styles.list}>
        {shown.map((one, index) => (
          <Row key={`${one.about} ${one.subject} ${one.state ?? index}`} attention={one} />
        ))}
      </ul>
      {rest > 0 && (
        <p className={styles.rest}>
          and {formatCount(rest)} more: see the{' '}
          <Link to="/plans" search={{ health: 'failing' }}>
            failing plans
          </Link>{' '}
          and the <Link to="/alerts">alerts</Link>
        </p>
      )}
    </Card>
  );
}

function Row({ attention }: { readonly attention: Attention }) {
  const { name, agentId, cause, since, state, severity, about, action } = attention;
  const look: StateLook = state ? healthLooks[state] : attentionLooks[severity];
  const advice = action.words.endsWith('.') ? action.words : null;
  return (
    <li className={styles.row} data-tone={look.tone}>
      <StateBadge look={look}>
        {state ? look.word : severity === 'critical' ? 'Critical' : 'Warning'}
      </StateBadge>
      <div className={styles.words}>
        <p className={styles.name}>
          <Link {...placeOf(attention)}>{name}</Link>
          {about === 'plan' && agentId && <span className={styles.agent}>{agentId}</span>}
          {since && (
            <span className={styles.since}>
              since <RelativeTime at={since} />
            </span>
          )}
        </p>
        <p className={styles.cause}>
          <Sentence text={cause} /> {advice && <span className={styles.advice}>{advice}</span>}
        </p>
      </div>
      <AttentionAction attention={attention} />
    </li>
  );
}
