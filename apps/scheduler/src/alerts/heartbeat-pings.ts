import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { AlertChannelSettings, PingEvent, SettingsOf } from '@periodic-backup/contracts';
import {
  addDeliveries,
  pingFacts,
  pingsAdded,
  supersedePings,
  type AlertChannelRow,
  type Ledger,
  type PingFacts,
} from '@periodic-backup/ledger';
import { openChannel } from '@periodic-backup/platform';
import { SchedulerRuntime } from '../runtime/scheduler-runtime.js';
import { plainMessage } from './messages/compose-message.js';

/** What happened longer ago is no news for a dead man's switch. */
const NEWS_MS = 3_600_000;

interface Ping {
  readonly channel: AlertChannelRow;
  readonly planId: string;
  readonly runId: string;
  readonly event: PingEvent;
  readonly at: Date;
  readonly reason: string | null;
}

/** Lays out the calls that tell a dead man's switch how each of its plans does: of a burst of runs only the newest. */
@Injectable()
export class HeartbeatPings {
  constructor(private readonly runtime: SchedulerRuntime) {}

  async layOut(transaction: Ledger, channels: readonly AlertChannelRow[], now: Date): Promise<void> {
    const heartbeats = channels.flatMap((channel) => {
      const settings = channel.enabled && channel.settings.kind === 'heartbeat' ? this.#open(channel) : null;
      return settings?.kind === 'heartbeat' ? [{ channel, settings }] : [];
    });
    const facts = await pingFacts(
      transaction,
      heartbeats.flatMap(({ settings }) => settings.pings.map(({ planId }) => planId)),
    );
    const byPlan = new Map(facts.map((one) => [one.planId, one]));
    const wanted = heartbeats
      .flatMap(({ channel, settings }) =>
        settings.pings.flatMap((urls) => pingsOf(channel, settings, urls, byPlan.get(urls.planId))),
      )
      .filter(({ at, channel }) => at > channel.createdAt && now.getTime() - at.getTime() < NEWS_MS);
    const added = await pingsAdded(transaction, [...new Set(wanted.map(({ runId }) => runId))]);
    const fresh = wanted
      .filter(({ channel, runId, event }) => !added.has(`${channel.id} ${runId} ${event}`))
      .sort((a, b) => a.at.getTime() - b.at.getTime());
    for (const [position, ping] of fresh.entries()) await add(transaction, ping, now, position);
  }

  /** Null if its secrets cannot be opened: the other channels must not suffer from that. */
  #open({ id, name, settings }: AlertChannelRow): AlertChannelSettings | null {
    try {
      return openChannel(this.runtime.secrets, id, settings);
    } catch (error) {
      this.runtime.logger.error(
        { channel: name, error: (error as Error).message },
        'a channel cannot be used',
      );
      return null;
    }
  }
}

function pingsOf(
  channel: AlertChannelRow,
  { partialCountsAs }: SettingsOf<'heartbeat'>,
  { planId, startUrl, successUrl, failUrl }: SettingsOf<'heartbeat'>['pings'][number],
  facts: PingFacts | undefined,
): Ping[] {
  const pings: Ping[] = [];
  if (facts?.ended) {
    const { runId, state, at, reason } = facts.ended;
    const event = state === 'committed' ? 'success' : state === 'partial' ? partialCountsAs : 'fail';
    if (event === 'success' ? successUrl : failUrl) pings.push({ channel, planId, runId, event, at, reason });
  }
  if (facts?.underWay && startUrl) {
    const { runId, at } = facts.underWay;
    pings.push({ channel, planId, runId, event: 'start', at, reason: null });
  }
  return pings;
}

/** What ended is worth more than what started before it; a start takes nothing back. */
async function add(
  transaction: Ledger,
  { channel, planId, runId, event, reason }: Ping,
  now: Date,
  position: number,
): Promise<void> {
  if (event !== 'start') await supersedePings(transaction, { channelId: channel.id, planId, at: now });
  const words = { start: 'has started', success: 'went well', fail: 'did not go well' }[event];
  await addDeliveries(transaction, [
    {
      id: randomUUID(),
      channelId: channel.id,
      channelName: channel.name,
      what: 'ping',
      message: plainMessage(`The backup ${words}`, reason ?? ''),
      ...{ planId, runId, pingEvent: event },
      // Equal instants would let chance say which goes first.
      createdAt: new Date(now.getTime() + position),
      nextAttemptAt: now,
    },
  ]);
}
