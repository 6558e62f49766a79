import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Logger } from '@periodic-backup/platform';
import { PROBLEM_TYPE, ProblemError } from './problem.js';
import { problemOf } from './problem-of.js';

interface Reply {
  readonly sent: boolean;
  code(status: number): Reply;
  header(name: string, value: string): Reply;
  send(body: string): unknown;
}

/** Answers every failure as problem+json (RFC 9457); what is not the caller's fault is logged, never shown. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const reply = http.getResponse<Reply>();
    const { method, url } = http.getRequest<{ method: string; url: string }>();
    const problem = problemOf(error, method, url.split('?')[0]!);
    if (problem.status >= 500)
      this.logger.error({ err: error, method, url, status: problem.status }, 'a request failed');
    if (reply.sent) return;
    if (problem.status === 503) reply.header('retry-after', '5');
    for (const [name, value] of Object.entries((error instanceof ProblemError && error.more.headers) || {}))
      reply.header(name, value);
    reply.code(problem.status).header('content-type', PROBLEM_TYPE).send(JSON.stringify(problem));
  }
}
