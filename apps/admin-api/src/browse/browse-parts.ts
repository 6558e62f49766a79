import type { Provider, Type } from '@nestjs/common';
import type { AdminApiConfig } from '../config.js';
import { BrowseController } from './browse.controller.js';
import { ContentController } from './content/content.controller.js';
import { PlanBrowseController } from './plan-browse.controller.js';
import { ReadTickets } from './read-tickets.js';
import { ReaderPool } from './reader-pool.js';

/** What looks into snapshots. */
export const BROWSE_CONTROLLERS: Type[] = [BrowseController, ContentController, PlanBrowseController];

export function browseProviders(config: AdminApiConfig): Provider[] {
  const { TICKET_PRIVATE_KEY_FILE, TICKET_PUBLIC_KEY_FILE } = config;
  return [
    ReaderPool,
    {
      provide: ReadTickets,
      useFactory: () => ReadTickets.load(TICKET_PRIVATE_KEY_FILE, TICKET_PUBLIC_KEY_FILE),
    },
  ];
}
