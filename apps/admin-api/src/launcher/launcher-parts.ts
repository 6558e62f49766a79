import type { Provider, Type } from '@nestjs/common';
import { LauncherLink, type LauncherChannel } from './launcher-link.js';
import { ReceiverStartsController } from './receiver-starts.controller.js';
import { SurroundingsController } from './surroundings.controller.js';

/** What only a launcher can do, and what else there is. */
export const LAUNCHER_CONTROLLERS: Type[] = [ReceiverStartsController, SurroundingsController];

export function launcherProviders(channel: LauncherChannel | null): Provider[] {
  return [{ provide: LauncherLink, useFactory: () => new LauncherLink(channel) }];
}
