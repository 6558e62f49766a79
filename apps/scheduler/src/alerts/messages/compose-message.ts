import type { AlertKind, AlertMessage } from '@periodic-backup/contracts';
import { toAlertView, type AlertRow } from '@periodic-backup/ledger';
import { minuteOf } from '../findings/finding.js';
import { isGraver } from '../findings/judge.js';
import { KIND_WORDS } from './alert-words.js';
import type { ChannelNews } from './decide-notices.js';

const MAX_LINES_PER_KIND = 10;
const MAX_LISTED = 200;

/** One message of all that a channel is to be told: what, since when, what to do. No links. */
export function composeMessage({ opened, stillOpen, resolved }: Omit<ChannelNews, 'channel'>): AlertMessage {
  const open = [...opened, ...stillOpen];
  const parts = [
    ...(opened.length > 0 ? [section(null, opened)] : []),
    ...(stillOpen.length > 0 ? [section('Still open:', stillOpen)] : []),
    ...(resolved.length > 0 ? [resolvedSection(resolved)] : []),
  ];
  return {
    title: titleOf(opened, stillOpen, resolved),
    text: parts.join('\n\n'),
    severity: open.reduce<AlertMessage['severity']>(
      (gravest, { severity }) => (gravest === null || isGraver(severity, gravest) ? severity : gravest),
      null,
    ),
    counts: { opened: opened.length, stillOpen: stillOpen.length, resolved: resolved.length },
    opened: opened.slice(0, MAX_LISTED).map(toAlertView),
    stillOpen: stillOpen.slice(0, MAX_LISTED).map(toAlertView),
    resolved: resolved.slice(0, MAX_LISTED).map(toAlertView),
  };
}

export function testMessage(channelName: string): AlertMessage {
  return plainMessage(
    'Test of Periodic Backup',
    `This is a test of the channel "${channelName}". Alerts would come this way. Nothing is wrong and nothing is to be done.`,
  );
}

/** One that tells of no alert. */
export function plainMessage(title: string, text: string): AlertMessage {
  return {
    ...{ title, text, severity: null },
    counts: { opened: 0, stillOpen: 0, resolved: 0 },
    ...{ opened: [], stillOpen: [], resolved: [] },
  };
}

function titleOf(
  opened: readonly AlertRow[],
  stillOpen: readonly AlertRow[],
  resolved: readonly AlertRow[],
): string {
  if (opened.length > 0) return sumUp(opened);
  if (stillOpen.length > 0) return `Still: ${sumUp(stillOpen)}`;
  if (resolved.length === 1) return `Resolved: ${goodAgain(resolved[0]!)}`;
  return `Resolved: ${resolved.length} alerts`;
}

/** `12 plans are failing, vault "attic" is low on space`: the gravest and most numerous first. */
function sumUp(alerts: readonly AlertRow[]): string {
  return byKind(alerts)
    .map(([kind, ofKind], position) => {
      const [first] = ofKind;
      if (ofKind.length > 1 || !first) return `${ofKind.length} ${KIND_WORDS[kind].areWrong}`;
      const words = `${first.subjectName} ${KIND_WORDS[kind].isWrong}`;
      return position === 0 ? capitalized(words) : words;
    })
    .join(', ');
}

function section(heading: string | null, alerts: readonly AlertRow[]): string {
  const paragraphs = byKind(alerts).map(([kind, ofKind]) => paragraph(kind, ofKind));
  return [...(heading === null ? [] : [heading]), ...paragraphs].join('\n\n');
}

function paragraph(kind: AlertKind, alerts: readonly AlertRow[]): string {
  const advice = [...new Set(alerts.map((alert) => alert.advice))];
  const [first] = alerts;
  const lines =
    alerts.length === 1 && first
      ? [
          `${capitalized(first.subjectName)} ${KIND_WORDS[kind].isWrong}, since ${minuteOf(first.since)}.`,
          first.what,
        ]
      : [
          `${alerts.length} ${KIND_WORDS[kind].areWrong}:`,
          ...alerts
            .slice(0, MAX_LINES_PER_KIND)
            .map(({ subjectName, since, what }) => `- ${subjectName}, since ${minuteOf(since)}. ${what}`),
          ...more(alerts),
        ];
  return [...lines, ...advice.map((sentence) => `What to do: ${sentence}`)].join('\n');
}

function resolvedSection(alerts: readonly AlertRow[]): string {
  return [
    'Resolved:',
    ...alerts
      .slice(0, MAX_LINES_PER_KIND)
      .map((alert) => `- ${goodAgain(alert)}. It was so since ${minuteOf(alert.since)}.`),
    ...more(alerts),
  ].join('\n');
}

function more(alerts: readonly AlertRow[]): string[] {
  const rest = alerts.length - MAX_LINES_PER_KIND;
  return rest > 0 ? [`- and ${rest} more.`] : [];
}

export function goodAgain({ kind, subjectName }: Pick<AlertRow, 'kind' | 'subjectName'>): string {
  return capitalized(`${subjectName} ${KIND_WORDS[kind].isGoodAgain}`);
}

function byKind(alerts: readonly AlertRow[]): [AlertKind, AlertRow[]][] {
  const kinds = new Map<AlertKind, AlertRow[]>();
  for (const alert of alerts) kinds.set(alert.kind, [...(kinds.get(alert.kind) ?? []), alert]);
  const weight = (ofKind: readonly AlertRow[]): number =>
    (ofKind.some(({ severity }) => severity === 'critical') ? 1e9 : 0) + ofKind.length;
  return [...kinds].sort(([, a], [, b]) => weight(b) - weight(a));
}

function capitalized(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
