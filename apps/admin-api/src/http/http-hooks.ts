import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Histogram, type Registry } from '@periodic-backup/platform';
import { isLoopback } from '../config.js';
import { isSecure } from './arrived-request.js';

/**
 * Bodies are JSON or refused: the types that a foreign page may post without asking (forms, plain text) are not read.
 * An empty body counts as none, whatever its announced type.
 */
export function acceptOnlyJson(app: NestFastifyApplication): void {
  const fastify = app.getHttpAdapter().getInstance();
  const parse = fastify.getDefaultJsonParser('error', 'error');
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body: string, done) => {
    if (body.trim() === '') done(null, undefined);
    else void parse(request, body, done);
  });
}

/** Stopping waits for answers under way, but not for ever for clients that neither read nor send. */
export function limitDrain(app: NestFastifyApplication, deadlineMs: number): void {
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('preClose', (done) => {
    const timer = setTimeout(() => fastify.server.closeAllConnections(), deadlineMs);
    fastify.server.once('close', () => clearTimeout(timer));
    done();
  });
}

const DATA_POLICY = "default-src 'none'; frame-ancestors 'none'";
const HSTS = 'max-age=31536000';

/** Answers are for the caller alone and never sniffed or framed. */
export function setSafeHeaders(app: NestFastifyApplication): void {
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onRequest', async (request, reply) => {
      const url = request.routeOptions.url ?? '';
      reply.headers({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-store',
        'cross-origin-resource-policy': 'same-origin',
        // The documentation and the console are pages with rules of their own; all else is data.
        ...(url.startsWith('/api/docs') ? {} : { 'content-security-policy': DATA_POLICY }),
        // Not for this machine: whatever else is served here by HTTP would be cut off.
        ...(isSecure(request) && !isLoopback(request.hostname) ? { 'strict-transport-security': HSTS } : {}),
      });
    });
}

/** Times every answer by route, not by path: ids would make a series each. */
export function measureRequests(app: NestFastifyApplication, metrics: Registry): void {
  const durations = new Histogram({
    name: 'pbk_http_request_duration_seconds',
    help: 'Time from a request to the end of its answer (event streams excepted)',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10],
    registers: [metrics],
  });
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onResponse', async (request, reply) => {
      const route = request.routeOptions.url ?? 'unknown';
      if (route.endsWith('/events')) return;
      durations.observe(
        { method: request.method, route, status: String(reply.statusCode) },
        reply.elapsedTime / 1000,
      );
    });
}
