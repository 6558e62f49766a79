import type { AlertRow } from '@periodic-backup/ledger';
import { composeMessage } from './compose-message.js';

const alert = (fields: Partial<AlertRow>): AlertRow => ({
  ...{ id: 'id', kind: 'run-failed', subject: 's', subjectName: 'plan "documents"', planId: null },
  ...{ severity: 'critical', what: 'It failed: no disk.', advice: 'Mount the disk.' },
  ...{ since: new Date('2026-11-22T10:05:33Z'), openedAt: new Date('2026-11-22T10:05:40Z') },
  ...{ calmSince: null, resolvedAt: null, resolution: null },
  ...fields,
});
const nothing = { opened: [], stillOpen: [], resolved: [] };

test('one alert reads like a note from a colleague', () => {
  expect(composeMessage({ ...nothing, opened: [alert({})] })).toMatchObject({
    title: 'Plan "documents" is failing',
    text: [
      'Plan "documents" is failing, since 2026-11-22 10:05 UTC.',
      'It failed: no disk.',
      'What to do: Mount the disk.',
    ].join('\n'),
    severity: 'critical',
  });
});

test('the gravest kind comes first, and advice stands once per kind', () => {
  const full = alert({
    ...{ kind: 'vault-space-low', severity: 'warning', subjectName: 'vault "attic"', advice: 'Add a disk.' },
  });
  const opened = [full, full, full, alert({}), alert({ subjectName: 'plan "photos"' })];
  const { title, text } = composeMessage({ ...nothing, opened });
  expect(title).toBe('2 plans are failing, 3 vaults are low on space');
  expect(text.split('What to do: Mount the disk.')).toHaveLength(2);
  expect(text).toContain('- plan "photos", since 2026-11-22 10:05 UTC. It failed: no disk.');
});

test('what is new, what stays and what is over are told apart', () => {
  const resolved = [alert({ kind: 'agent-silent', subjectName: 'agent "laptop"', severity: 'critical' })];
  const both = composeMessage({ ...nothing, stillOpen: [alert({ severity: 'warning' })], resolved });
  expect([both.title, both.severity]).toEqual(['Still: Plan "documents" is failing', 'warning']);
  expect(both.text).toMatch(
    /^Still open:\n\nPlan .*\n\nResolved:\n- Agent "laptop" is back\. It was so since/s,
  );
  const over = composeMessage({ ...nothing, resolved });
  expect([over.title, over.severity]).toEqual(['Resolved: Agent "laptop" is back', null]);
});

test('of very many the text and the lists hold some, the counts all', () => {
  const opened = Array.from({ length: 1000 }, () => alert({}));
  const message = composeMessage({ ...nothing, opened });
  expect(message.counts.opened).toBe(1000);
  expect(message.opened).toHaveLength(200);
  expect(message.text).toContain('- and 990 more.');
  expect(message.text.length).toBeLessThan(2000);
});
