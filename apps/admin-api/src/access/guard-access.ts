import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from '@periodic-backup/platform';
import { PROBLEM_TYPE, ProblemError } from '../http/problem.js';
import { problemOf } from '../http/problem-of.js';
import type { Caller } from './caller.js';
import { Gate } from './gate.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the gate, before anything of the request is read. */
    caller: Caller | null;
  }
}

/** Nothing of a request is read before the gate has said that it may go on. */
export function guardAccess(app: NestFastifyApplication, logger: Logger): void {
  const gate = app.get(Gate);
  const fastify = app.getHttpAdapter().getInstance();
  fastify.decorateRequest('caller', null);
  fastify.addHook('onRequest', async (request, reply) => {
    try {
      request.caller = await gate.admit(request);
    } catch (error) {
      const { method, url } = request;
      const problem = problemOf(error, method, url.split('?')[0]!);
      if (problem.status >= 500)
        logger.error({ err: error, method, url, status: problem.status }, 'a request failed');
      const headers = error instanceof ProblemError ? (error.more.headers ?? {}) : {};
      await reply
        .code(problem.status)
        .headers({ ...headers, 'content-type': PROBLEM_TYPE })
        .send(JSON.stringify(problem));
    }
  });
}
