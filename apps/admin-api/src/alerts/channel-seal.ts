import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { AlertChannelSettings, SealedChannelSettings } from '@periodic-backup/contracts';
import {
  listAlertChannels,
  updateAlertChannel,
  type AlertChannelRow,
  type Ledger,
} from '@periodic-backup/ledger';
import {
  NoSecretsKeyError,
  SealBrokenError,
  SecretBox,
  isSealedNow,
  openChannel,
  sealChannel,
  type Logger,
} from '@periodic-backup/platform';
import { LEDGER, LOGGER } from '../connections/tokens.js';
import { ProblemError } from '../http/problem.js';

/** Seals settings of channels on their way into the ledger, and opens them. */
@Injectable()
export class ChannelSeal implements OnApplicationBootstrap {
  constructor(
    @Inject(SecretBox) private readonly box: SecretBox | null,
    @Inject(LEDGER) private readonly ledger: Ledger,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** What older versions stored in the clear, or an older key has sealed, is sealed with the current one. */
  async onApplicationBootstrap(): Promise<void> {
    const { box } = this;
    if (box === null) return;
    for (const { id, settings } of await listAlertChannels(this.ledger)) {
      if (isSealedNow(box, settings)) continue;
      try {
        await updateAlertChannel(this.ledger, id, (current) => ({
          settings: sealChannel(box, id, openChannel(box, id, current.settings)),
        }));
      } catch (error) {
        this.logger.error(
          { channelId: id, error: (error as Error).message },
          'the secrets of a channel stay as they are',
        );
      }
    }
  }

  /** @throws ProblemError 501 */
  seal(channelId: string, settings: AlertChannelSettings): SealedChannelSettings {
    return asProblem(() => sealChannel(this.box, channelId, settings));
  }

  /** @throws ProblemError 501 without the key, 500 for a seal that is broken */
  open({ id, settings }: AlertChannelRow): AlertChannelSettings {
    return asProblem(() => openChannel(this.box, id, settings));
  }
}

function asProblem<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof NoSecretsKeyError) throw new ProblemError(501, cause.message, { cause });
    if (cause instanceof SealBrokenError) throw new ProblemError(500, cause.message, { cause });
    throw cause;
  }
}
