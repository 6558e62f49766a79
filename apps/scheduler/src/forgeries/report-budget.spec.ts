import { ReportBudget } from './report-budget.js';

test('who floods is not heard after a while, told of once, and others are heard all along', () => {
  const budget = new ReportBudget({ perSecond: 10, atOnce: 100 });
  const verdicts = Array.from({ length: 150 }, () => budget.spend('agent-stolen', 0));
  expect(verdicts.filter((verdict) => verdict === 'ok')).toHaveLength(100);
  expect(verdicts.filter((verdict) => verdict === 'first too many')).toHaveLength(1);
  expect(budget.spend('agent-laptop', 0)).toBe('ok');
});

test('who was too fast is heard again at the pace that is allowed', () => {
  const budget = new ReportBudget({ perSecond: 10, atOnce: 100 });
  for (let report = 0; report < 150; report++) budget.spend('agent-laptop', 0);
  const later = Array.from({ length: 15 }, () => budget.spend('agent-laptop', 1000));
  expect(later.filter((verdict) => verdict === 'ok')).toHaveLength(10);
});
