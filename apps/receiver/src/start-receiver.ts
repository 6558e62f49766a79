import type { INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { NestLogger } from '@periodic-backup/platform';
import type { ReceiverParts } from './operations/receiver-life.js';
import { ReceiverModule } from './receiver.module.js';

/** Starts a receiver of these parts; resolves when it accepts backups. @throws StartError */
export async function startReceiver(parts: ReceiverParts): Promise<INestMicroservice> {
  const app = await NestFactory.createMicroservice(ReceiverModule.forParts(parts), {
    strategy: parts.server,
    bufferLogs: true,
    abortOnError: false,
  });
  app.useLogger(app.get(NestLogger));
  try {
    await app.listen();
  } catch (error) {
    // Leaves nothing behind: no thread, no presence, no port of the health checks.
    await app.close();
    throw error;
  }
  return app;
}
