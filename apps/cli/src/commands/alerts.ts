import { setTimeout as delay } from 'node:timers/promises';
import { AlertChannelView, AlertDelivery, TestAccepted } from '@periodic-backup/contracts';
import { answer, type CommandContext } from '../command-context.js';
import { CommandError, EXIT, type ExitCode } from '../exit-codes.js';

const PATIENCE_MS = 60_000;
const LOOK_MS = 500;

/** `pbk alerts test [CHANNEL]`: sends a test message to it, or to every channel, and waits for what became of it. */
export async function testAlerts(context: CommandContext, wanted: string | undefined): Promise<ExitCode> {
  const channels: AlertChannelView[] = [];
  for await (const channel of context.api.pages(AlertChannelView, '/alert-channels?limit=200'))
    if (wanted === undefined || channel.id === wanted || channel.name === wanted) channels.push(channel);
  if (channels.length === 0)
    throw new CommandError(
      wanted === undefined
        ? 'There is no channel yet: make one with POST /api/v1/alert-channels (docs/alerts.md).'
        : `There is no channel "${wanted}".`,
    );
  const ends = await Promise.all(channels.map((channel) => testChannel(context, channel)));
  answer(context, ends, () => ends.map(({ channel, says }) => `${channel}: ${says}`).join('\n'));
  return ends.every(({ delivered }) => delivered) ? EXIT.ok : EXIT.failed;
}

async function testChannel({ api, signal }: CommandContext, { id, name }: AlertChannelView) {
  const { deliveryId } = await api.send(TestAccepted, 'POST', `/alert-channels/${id}/test`, {});
  const untilMs = Date.now() + PATIENCE_MS;
  for (;;) {
    const delivery = await api.get(AlertDelivery, `/alert-deliveries/${deliveryId}`).catch(() => null);
    if (delivery?.state === 'sent') return { channel: name, delivered: true, says: 'delivered.' };
    if (delivery?.state === 'failed' || delivery?.state === 'superseded' || Date.now() > untilMs) {
      const last = delivery?.attempts.at(-1);
      return {
        channel: name,
        delivered: false,
        says: `not delivered. ${last?.result ?? 'Nobody took it: is the scheduler running?'}`,
      };
    }
    await delay(LOOK_MS, undefined, { signal });
  }
}
