import { Logger as NestLogger, LoggerModule } from 'nestjs-pino';
import type { DynamicModule } from '@nestjs/common';
import { pino, type DestinationStream, type Logger, type LoggerOptions, type SerializedError } from 'pino';

export type { Logger } from 'pino';
export { NestLogger };

/** JSON lines, on standard output unless told otherwise; secrets never pass. */
export function createLogger(service: string, level: string, destination?: DestinationStream): Logger {
  const options: LoggerOptions = {
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    serializers: { err: withoutValues },
    redact: {
      paths: ['req.headers.authorization', 'req.headers.cookie', '*.ticket', 'ticket', '*.password'],
      remove: true,
    },
  };
  return destination ? pino(options, destination) : pino(options);
}

/** Errors of the ledger show the values of the query that failed, which may be anybody's business but the log's. */
function withoutValues(error: Error): SerializedError {
  const { params: _values, ...serialized } = pino.stdSerializers.err(error) as SerializedError & {
    params?: unknown;
  };
  return {
    ...serialized,
    message: error.message.replace(VALUES, ''),
    stack: serialized.stack.replaceAll(VALUES, ''),
  };
}
const VALUES = /\nparams: [^]*?(?=\n {4}at |\ncaused by: |$)/g;

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
