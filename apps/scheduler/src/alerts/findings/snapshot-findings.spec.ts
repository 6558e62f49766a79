import { AlertThresholds } from '@periodic-backup/contracts';
import type { SnapshotFacts } from '@periodic-backup/ledger';
import { snapshotFindings } from './snapshot-findings.js';

const MIB = 1024 * 1024;
const facts = (fields: Partial<SnapshotFacts>): SnapshotFacts => ({
  ...{ planId: 'plan', planName: 'documents', snapshot: 's', committedAt: new Date(0) },
  ...{ files: 100, bytes: 100 * MIB, storedFiles: 1, history: 10 },
  ...{ usualFiles: 100, usualBytes: 100 * MIB, usualChangedShare: 0.01 },
  ...fields,
});

test.each<[string, Partial<SnapshotFacts>, string[]]>([
  ['nothing unusual', {}, []],
  ['half the files', { files: 50 }, ['snapshot-shrank']],
  ['a little more than half the files', { files: 51 }, []],
  ['half the bytes in as many files', { bytes: 50 * MIB }, ['snapshot-shrank']],
  ['three times the files', { files: 300, storedFiles: 20 }, ['snapshot-grew']],
  ['nearly three times the files', { files: 299 }, []],
  [
    'an emptied source, however small',
    { files: 0, bytes: 0, usualFiles: 2, usualBytes: 9 },
    ['snapshot-shrank'],
  ],
  ['one file of two gone', { files: 1, bytes: 5, usualFiles: 2, usualBytes: 10 }, []],
  ['no history to compare with', { files: 0, history: 2 }, []],
  ['nearly all content new', { storedFiles: 95 }, ['snapshot-changed']],
  ['nearly all content new, as usual', { storedFiles: 95, usualChangedShare: 0.3 }, []],
  ['all nine files new', { files: 9, usualFiles: 9, storedFiles: 9 }, []],
])('%s', (_what, fields, kinds) => {
  const findings = snapshotFindings([facts(fields)], AlertThresholds.parse({}));
  expect(findings.map(({ kind }) => kind)).toEqual(kinds);
});

test("thresholds are the rule's", () => {
  const thresholds = AlertThresholds.parse({ shrankPercent: 10, grewPercent: 5, changedPercent: 20 });
  const findings = [{ files: 90 }, { bytes: 106 * MIB }, { storedFiles: 20 }].flatMap((fields) =>
    snapshotFindings([facts(fields)], thresholds),
  );
  expect(findings.map(({ kind }) => kind)).toEqual(['snapshot-shrank', 'snapshot-grew', 'snapshot-changed']);
});
