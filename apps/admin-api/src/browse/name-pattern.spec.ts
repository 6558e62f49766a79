import { nameTest } from './name-pattern.js';

test.each([
  ['port', 'Report.PDF', true],
  ['REPORT', 'report.pdf', true],
  ['straße', 'HauptSTRASSE', false],
  ['*.pdf', 'Report.PDF', true],
  ['*.pdf', 'report.pdf.gz', false],
  ['r?port*', 'report', true],
  ['r?port', 'rport', false],
  ['img_[0-9][0-9].*', 'IMG_07.jpg', true],
  ['img_[!0-9]*', 'img_7', false],
  ['[]]x', ']x', true],
  ['a[b', 'a[b', true],
  ['[a-]', '-', true],
  ['?', '🎉', true],
  ['*', '', true],
  ['**a**', 'bab', true],
  ['a.c', 'abc', false],
  ['a.*', 'abc', false],
])('%s finds %s: %s', (word, name, found) => expect(nameTest(word)(name)).toBe(found));

test('no pattern takes long over any name', () => {
  const startedAt = performance.now();
  for (let i = 0; i < 100; i++) expect(nameTest('*a'.repeat(100) + 'b')('a'.repeat(255))).toBe(false);
  expect(performance.now() - startedAt).toBeLessThan(2000);
});
