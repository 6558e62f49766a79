import type { Provider, Type } from '@nestjs/common';
import type { AdminApiConfig } from '../config.js';
import { AgentAsker } from './agent-asker.js';
import { LookTickets } from './look-tickets.js';
import { LookController } from './look.controller.js';

/** What looks at machines through their agents. */
export const LOOK_CONTROLLERS: Type[] = [LookController];

export function lookProviders(config: AdminApiConfig): Provider[] {
  const { TICKET_PRIVATE_KEY_FILE, TICKET_PUBLIC_KEY_FILE } = config;
  return [
    AgentAsker,
    {
      provide: LookTickets,
      useFactory: () => LookTickets.load(TICKET_PRIVATE_KEY_FILE, TICKET_PUBLIC_KEY_FILE),
    },
  ];
}
