import { Module, type DynamicModule } from '@nestjs/common';
import { loggingModule } from '@periodic-backup/platform';
import { ReceiverLife, type ReceiverParts } from './operations/receiver-life.js';
import { ProtocolServer } from './transport/protocol-server.js';

/** One receiver: its transport, and the order in which its parts come up and go down. */
@Module({})
export class ReceiverModule {
  static forParts(parts: ReceiverParts): DynamicModule {
    return {
      module: ReceiverModule,
      imports: [loggingModule(parts.logger)],
      providers: [
        { provide: ProtocolServer, useValue: parts.server },
        { provide: ReceiverLife, useFactory: () => new ReceiverLife(parts) },
      ],
    };
  }
}
