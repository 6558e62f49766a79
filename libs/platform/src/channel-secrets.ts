import {
  AlertChannelSettings,
  type SealedChannelSettings,
  type StoredChannelSettings,
} from '@periodic-backup/contracts';
import { SealBrokenError, type SecretBox } from './secret-box.js';

/** The process was given no key, so secrets can neither be sealed nor opened. */
export class NoSecretsKeyError extends Error {
  override readonly name = 'NoSecretsKeyError';
  readonly retryable = false;
  constructor() {
    super(
      'Secrets of alert channels need a key: set SECRETS_KEY_FILE, the same for admin API and scheduler.',
    );
  }
}

/** As they go into the ledger: whole, for URLs are secrets, too. @throws NoSecretsKeyError */
export function sealChannel(
  box: SecretBox | null,
  channelId: string,
  settings: AlertChannelSettings,
): SealedChannelSettings {
  if (!box) throw new NoSecretsKeyError();
  return { kind: settings.kind, sealed: box.seal(JSON.stringify(settings), placeOf(channelId)) };
}

/** What was stored, also in the clear by older versions. @throws NoSecretsKeyError, SealBrokenError */
export function openChannel(
  box: SecretBox | null,
  channelId: string,
  stored: StoredChannelSettings,
): AlertChannelSettings {
  if (!('sealed' in stored)) return stored;
  if (!box) throw new NoSecretsKeyError();
  const opened = AlertChannelSettings.safeParse(JSON.parse(box.open(stored.sealed, placeOf(channelId))));
  if (opened.success) return opened.data;
  throw new SealBrokenError(
    `The settings of alert channel ${channelId} are none of this version: make the channel anew.`,
  );
}

/** False for what is in the clear or sealed with an older key. */
export function isSealedNow(box: SecretBox, stored: StoredChannelSettings): boolean {
  return 'sealed' in stored && box.isCurrent(stored.sealed);
}

const placeOf = (channelId: string): string => `alert-channel/${channelId}`;
