import { Logger as NestLogger, LoggerModule } from 'nestjs-pino';
import type { DynamicModule } from '@nestjs/common';
import { pino, type Logger } from 'pino';

export type { Logger } from 'pino';
export { NestLogger };

/** JSON lines on standard output; secrets never pass. */
export function createLogger(service: string, level: string): Logger {
  return pino({
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: {
      paths: ['req.headers.authorization', 'req.headers.cookie', '*.ticket', 'ticket', '*.password'],
      remove: true,
    },
  });
}

/** Nest's own logging through the same logger. */
export function loggingModule(logger: Logger): DynamicModule {
  return LoggerModule.forRoot({
    pinoHttp: {
      logger,
      autoLogging: false,
      quietReqLogger: true,
    },
  });
}
