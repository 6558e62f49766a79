import 'reflect-metadata';
import { createLogger, loadConfig, runService } from '@periodic-backup/platform';
import { buildReceiver } from './build-receiver.js';
import { ReceiverConfig } from './config.js';
import { joinCommand } from './identity/join-command.js';
import { receiverEnvironment } from './identity/receiver-environment.js';
import { startReceiver } from './start-receiver.js';

const [command, ...args] = process.argv.slice(2);

if (command === 'join') process.exitCode = await joinCommand(args, process.env);
else
  await runService(async () => {
    const config = loadConfig(ReceiverConfig, await receiverEnvironment(process.env));
    return startReceiver(await buildReceiver(config, createLogger('receiver', config.LOG_LEVEL)));
  });
