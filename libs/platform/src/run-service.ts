import type { INestApplicationContext } from '@nestjs/common';
import { ConfigError } from './config.js';
import { dropStartUpGarbage } from './start-up-garbage.js';

const EXIT_BAD_CONFIG = 78; // EX_CONFIG of sysexits.h

/**
 * Runs a service until a signal: SIGTERM and SIGINT drain it and exit 0; a second signal exits at once. When
 * the parent that holds the IPC channel dies, the service stops too. A configuration that cannot be used is
 * printed whole, exit 78; any other failure to start is printed, exit 1.
 */
export async function runService(start: () => Promise<INestApplicationContext>): Promise<void> {
  try {
    const app = await start();
    app.enableShutdownHooks(['SIGTERM', 'SIGINT'], { useProcessExit: true });
    let stopping = false;
    for (const signal of ['SIGTERM', 'SIGINT'] as const)
      process.on(signal, () => {
        if (stopping) process.exit(130);
        stopping = true;
      });
    if (process.connected) {
      process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
      process.send?.({ type: 'ready' });
    }
    dropStartUpGarbage();
  } catch (error) {
    console.error(isForPeople(error) ? error.message : error);
    process.exit(error instanceof ConfigError ? EXIT_BAD_CONFIG : 1);
  }
}

/** Errors with a cause were worded for a person; a stack would only hide what they say. */
function isForPeople(error: unknown): error is Error {
  return error instanceof ConfigError || (error instanceof Error && error.cause !== undefined);
}
