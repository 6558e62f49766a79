import { RECEIVER_SETTINGS_KEY, ReceiverSettings } from '@periodic-backup/contracts';
import type { RedisClient } from '@periodic-backup/platform';

/**
 * What the admin API has set for this receiver; null if nothing, or if Redis cannot say: what holds goes on then.
 */
export async function readSettings(redis: RedisClient, receiverId: string): Promise<ReceiverSettings | null> {
  try {
    const text = await redis.hget(RECEIVER_SETTINGS_KEY, receiverId);
    return text === null ? null : ReceiverSettings.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
