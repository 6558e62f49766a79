import 'reflect-metadata';
import { createLogger, loadConfig, runService } from '@periodic-backup/platform';
import { buildReceiver } from './build-receiver.js';
import { ReceiverConfig } from './config.js';
import { receiverEnvironment } from './identity/receiver-environment.js';
import { startReceiver } from './start-receiver.js';

await runService(async () => {
  const config = loadConfig(ReceiverConfig, await receiverEnvironment(process.env));
  return startReceiver(await buildReceiver(config, createLogger('receiver', config.LOG_LEVEL)));
});
