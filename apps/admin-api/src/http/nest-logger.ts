import type { LoggerService } from '@nestjs/common';
import type { Logger } from '@periodic-backup/platform';

/** What the framework itself has to say, as JSON lines like everything else. Its chatter at the start is debug. */
export function nestLogger(logger: Logger): LoggerService {
  const write =
    (level: 'debug' | 'warn' | 'error' | 'fatal') =>
    (message: unknown, ...rest: unknown[]): void => {
      const context = rest.at(-1);
      const text = message instanceof Error ? message.message : String(message);
      logger[level]({ context, ...(message instanceof Error ? { err: message } : {}) }, text);
    };
  return {
    log: write('debug'),
    debug: write('debug'),
    verbose: write('debug'),
    warn: write('warn'),
    error: write('error'),
    fatal: write('fatal'),
  };
}
