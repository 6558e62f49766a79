import { AlertRuleInput, type AlertRule } from '@periodic-backup/contracts';
import type { AlertChannelRow, AlertNotice, AlertRow } from '@periodic-backup/ledger';
import { decideNotices, type NoticeFacts } from './decide-notices.js';

const at = (second: number): Date => new Date(Date.UTC(2026, 10, 22, 10, 0, second));
const rule = (fields: Partial<AlertRule> = {}): AlertRule => ({
  ...AlertRuleInput.parse({ name: 'rule' }),
  ...{ id: 'rule', createdAt: '', updatedAt: '' },
  ...fields,
});
const channel = (id: string, fields: Partial<AlertChannelRow> = {}): AlertChannelRow => ({
  ...{ id, name: id, enabled: true, createdAt: at(0), updatedAt: at(0) },
  settings: { kind: 'ntfy', url: 'https://ntfy.example', topic: 't', token: null },
  ...fields,
});
const alert = (id: string, fields: Partial<AlertRow> = {}): AlertRow => ({
  ...{ id, kind: 'run-failed', subject: id, subjectName: id, planId: null, severity: 'warning' },
  ...{ what: '', advice: '', since: at(0), openedAt: at(0) },
  ...{ calmSince: null, resolvedAt: null, resolution: null },
  ...fields,
});
const told = (alertId: string, fields: Partial<AlertNotice> = {}): AlertNotice => ({
  ...{ alertId, channelId: 'phone', said: 'open', severity: 'warning', saidAt: at(0) },
  ...fields,
});

/** What the channels hear, as `channel: opened/still open/resolved`. */
function heard(facts: Partial<NoticeFacts>, second: number): string[] {
  const all = {
    channels: [channel('phone')],
    rules: [rule()],
    open: [],
    resolved: [],
    notices: [],
    ...facts,
  };
  const ids = (rows: readonly AlertRow[]): string => rows.map(({ id }) => id).join('+');
  return decideNotices(all, at(second)).map(
    (news) => `${news.channel.id}: ${ids(news.opened)}/${ids(news.stillOpen)}/${ids(news.resolved)}`,
  );
}

test('news wait for the grouping window and then go together', () => {
  const open = [
    { alert: alert('a'), rules: [rule()] },
    { alert: alert('b', { openedAt: at(50) }), rules: [rule()] },
  ];
  expect(heard({ open }, 59)).toEqual([]);
  expect(heard({ open }, 60)).toEqual(['phone: a+b//']);
});

test('what was told is told again after the repeat interval, with those told at nearly the same time', () => {
  const rules = [rule({ repeatSeconds: 600, groupingSeconds: 10 })];
  const open = ['a', 'b', 'c'].map((id) => ({ alert: alert(id), rules }));
  const notices = [told('a'), told('b', { saidAt: at(30) }), told('c', { saidAt: at(300) })];
  expect(heard({ open, rules, notices }, 599)).toEqual([]);
  expect(heard({ open, rules, notices }, 600)).toEqual(['phone: /a+b/']);
  expect(
    heard({ open: open.map((one) => ({ ...one, rules: [rule({ repeatSeconds: null })] })), notices }, 9e6),
  ).toEqual([]);
});

test('one that became graver is news at once', () => {
  const open = [{ alert: alert('a', { severity: 'critical' }), rules: [rule()] }];
  expect(heard({ open, notices: [told('a')] }, 1)).toEqual(['phone: a//']);
  expect(heard({ open, notices: [told('a', { severity: 'critical' })] }, 1)).toEqual([]);
});

test('the end is told to whoever was told of the beginning, and to nobody else', () => {
  const resolved = [alert('a', { resolvedAt: at(10) })];
  const channels = [channel('phone'), channel('mail')];
  expect(heard({ channels, resolved, notices: [told('a')] }, 69)).toEqual([]);
  expect(heard({ channels, resolved, notices: [told('a')] }, 70)).toEqual(['phone: //a']);
  expect(heard({ resolved, notices: [told('a', { said: 'resolved' })] }, 70)).toEqual([]);
});

test('what may be over is neither told nor repeated', () => {
  const open = [{ alert: alert('a', { calmSince: at(5) }), rules: [rule()] }];
  expect(heard({ open }, 100)).toEqual([]);
  expect(heard({ open, notices: [told('a')] }, 9e6)).toEqual([]);
});

test('channels hear what their rules lead to them, by the strictest of several', () => {
  const rules = [
    rule({ id: 'slow', channelIds: ['phone', 'mail'] }),
    rule({ id: 'fast', channelIds: ['phone'], groupingSeconds: 5 }),
    rule({ id: 'off', enabled: false, channelIds: ['pager'] }),
  ];
  const channels = [channel('phone'), channel('mail'), channel('pager')];
  const open = [{ alert: alert('a'), rules }];
  expect(heard({ channels, rules, open }, 5)).toEqual(['phone: a//']);
  expect(heard({ channels, rules, open }, 60)).toEqual(['phone: a//', 'mail: a//']);
});

test("channels that are off, and dead man's switches, hear nothing", () => {
  const heartbeat = { kind: 'heartbeat', method: 'GET', partialCountsAs: 'fail', pings: [] } as const;
  const channels = [
    channel('off', { enabled: false }),
    channel('switch', { settings: { ...heartbeat, pings: [] } }),
  ];
  expect(heard({ channels, open: [{ alert: alert('a'), rules: [rule()] }] }, 60)).toEqual([]);
});
