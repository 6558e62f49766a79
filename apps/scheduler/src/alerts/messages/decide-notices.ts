import type { AlertRule } from '@periodic-backup/contracts';
import type { AlertChannelRow, AlertNotice, AlertRow } from '@periodic-backup/ledger';
import { isGraver } from '../findings/judge.js';

/** What one channel is to be told now, in one message. */
export interface ChannelNews {
  readonly channel: AlertChannelRow;
  readonly opened: readonly AlertRow[];
  readonly stillOpen: readonly AlertRow[];
  readonly resolved: readonly AlertRow[];
}

export interface NoticeFacts {
  readonly channels: readonly AlertChannelRow[];
  /** All of them, for alerts that no rule holds open any more. */
  readonly rules: readonly AlertRule[];
  /** Open ones, each with the rules that ask for it now; none: its cause is gone or cannot be seen now. */
  readonly open: readonly { readonly alert: AlertRow; readonly rules: readonly AlertRule[] }[];
  readonly resolved: readonly AlertRow[];
  readonly notices: readonly AlertNotice[];
}

/**
 * Who hears what now. A channel hears of an alert once, whichever rules lead to it; of several the strictest times
 * count. News wait for the grouping window, so that what happens together is told together; once one is ripe, all go.
 */
export function decideNotices(facts: NoticeFacts, now: Date): ChannelNews[] {
  const told = new Map(facts.notices.map((notice) => [`${notice.alertId} ${notice.channelId}`, notice]));
  return facts.channels
    .filter(({ enabled, settings }) => enabled && settings.kind !== 'heartbeat')
    .flatMap((channel) => {
      const noticeOf = ({ id }: AlertRow): AlertNotice | undefined => told.get(`${id} ${channel.id}`);
      const news = [
        ...facts.open.flatMap(({ alert, rules }) =>
          openNews(alert, rulesOf(channel, rules), noticeOf(alert)),
        ),
        ...facts.resolved.flatMap((alert) =>
          resolvedNews(alert, rulesOf(channel, facts.rules), noticeOf(alert)),
        ),
      ];
      if (!news.some(({ ripeAt }) => ripeAt <= now.getTime())) return [];
      const of = (what: News['what']): AlertRow[] =>
        news.filter((one) => one.what === what && one.tellableAt <= now.getTime()).map(({ alert }) => alert);
      return [{ channel, opened: of('opened'), stillOpen: of('still open'), resolved: of('resolved') }];
    });
}

interface News {
  readonly what: 'opened' | 'still open' | 'resolved';
  readonly alert: AlertRow;
  /** When it makes a message by itself, and when it may ride along with others. */
  readonly ripeAt: number;
  readonly tellableAt: number;
}

function openNews(alert: AlertRow, rules: readonly AlertRule[], notice: AlertNotice | undefined): News[] {
  // What may be over is neither told as new nor repeated.
  if (rules.length === 0 || alert.calmSince !== null) return [];
  const windowMs = shortest(rules.map(({ groupingSeconds }) => groupingSeconds));
  if (notice?.said !== 'open')
    return [{ what: 'opened', alert, ripeAt: alert.openedAt.getTime() + windowMs, tellableAt: 0 }];
  if (isGraver(alert.severity, notice.severity)) return [{ what: 'opened', alert, ripeAt: 0, tellableAt: 0 }];
  const repeatMs = shortest(rules.flatMap(({ repeatSeconds }) => repeatSeconds ?? []));
  const ripeAt = notice.saidAt.getTime() + repeatMs;
  // Those told at nearly the same time stay together.
  return [{ what: 'still open', alert, ripeAt, tellableAt: ripeAt - Math.max(windowMs, repeatMs / 10) }];
}

function resolvedNews(alert: AlertRow, rules: readonly AlertRule[], notice: AlertNotice | undefined): News[] {
  if (notice?.said !== 'open' || alert.resolvedAt === null) return [];
  const windows = rules.filter(({ kinds }) => kinds.includes(alert.kind)).map((rule) => rule.groupingSeconds);
  const windowMs = windows.length > 0 ? shortest(windows) : 0;
  return [{ what: 'resolved', alert, ripeAt: alert.resolvedAt.getTime() + windowMs, tellableAt: 0 }];
}

function rulesOf({ id }: AlertChannelRow, rules: readonly AlertRule[]): AlertRule[] {
  return rules.filter(
    ({ enabled, channelIds }) => enabled && (channelIds === null || channelIds.includes(id)),
  );
}

/** In ms; of nothing: never. */
function shortest(seconds: readonly number[]): number {
  return Math.min(...seconds) * 1000;
}
