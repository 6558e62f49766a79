import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { PROBLEM_TYPE, toProblem } from '../http/problem.js';
import { CONSOLE_HEADERS, cacheControlOf } from './console-headers.js';
import { wantsPage } from './console-routes.js';

/** Where the build of apps/web lies beside this app, in the repository and in the image. */
const BUILT_BESIDE = fileURLToPath(new URL('../../../web/dist', import.meta.url));

type Fastify = ReturnType<ReturnType<NestFastifyApplication['getHttpAdapter']>['getInstance']>;

/**
 * Serves the web console: each of its files by its name, compressed at its build, and its page for every other address that
 * a browser goes to, for screens have addresses of their own. Without a build the root says so.
 */
export function serveConsole(app: NestFastifyApplication, directory: string = BUILT_BESIDE): void {
  const fastify = app.getHttpAdapter().getInstance();
  void fastify.register(async (scope: Fastify) => {
    scope.addHook('onRequest', async (_request, reply) => {
      reply.headers(CONSOLE_HEADERS);
    });
    if (existsSync(join(directory, 'index.html'))) await serveBuild(scope, directory);
    else serveSentence(scope, directory);
  });
}

async function serveBuild(scope: Fastify, directory: string): Promise<void> {
  scope.addHook('onRoute', (route) => {
    route.config = { ...route.config, console: route.url === '/*' ? 'page' : 'file' };
  });
  const shared = {
    preCompressed: true,
    cacheControl: false,
    setHeaders: (reply: { header(name: string, value: string): unknown }, path: string) => {
      reply.header('cache-control', cacheControlOf(path));
    },
  };
  // Routes for what is there, and none for what is not.
  await scope.register(fastifyStatic, {
    ...shared,
    root: directory,
    wildcard: false,
    globIgnore: ['**/*.br', '**/*.gz', 'assets/**'],
  });
  // Here whatever is asked for: a build that is renewed under a running server brings other names.
  await scope.register(fastifyStatic, {
    ...shared,
    root: join(directory, 'assets'),
    prefix: '/assets/',
    decorateReply: false,
  });
  scope.get('/*', (request, reply) =>
    wantsPage(request) ? reply.sendFile('index.html') : reply.callNotFound(),
  );
}

function serveSentence(scope: Fastify, directory: string): void {
  const detail =
    `The web console is not built: nothing is in ${directory}. Build it with "npm run build", or set CONSOLE_DIR to ` +
    'the folder that holds it, and start the admin API again. The API itself works: see /api/docs.';
  scope.get('/', { config: { console: 'file' } }, (_request, reply) =>
    reply
      .code(503)
      .header('content-type', PROBLEM_TYPE)
      .send(JSON.stringify(toProblem(503, detail))),
  );
}
