import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { apiRoutes, type ApiRoute } from '@periodic-backup/contracts';
import { VERSION } from '@periodic-backup/platform';
import { PROBLEM_TYPE } from './http/problem.js';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;
const routes = apiRoutes as Readonly<Record<string, ApiRoute>>;

/** Serves the description of the API: for people at /api/docs, for programs at /api/openapi.json. */
export function serveOpenApi(app: INestApplication): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setTitle('Periodic Backup')
    .setDescription(
      'Plans, runs and snapshots. Every refusal is a problem+json (RFC 9457). Once there are users, or with API_TOKEN, ' +
        'programs send a token as "Authorization: Bearer …"; browsers have the cookie that POST /session sets.',
    )
    .setVersion(VERSION)
    .addBearerAuth({ type: 'http', scheme: 'bearer' }, 'token')
    .addCookieAuth('pbk_session', { type: 'apiKey', in: 'cookie' }, 'session');
  const document = SwaggerModule.createDocument(app, builder.build());
  for (const [path, operations] of Object.entries(document.paths))
    for (const method of METHODS) {
      const operation = operations[method];
      if (!operation) continue;
      const route = routes[`${method.toUpperCase()} ${path.replace('/api/v1', '')}`];
      if (route) tellRight(operation, route);
      problemsAsProblems(operation);
    }
  SwaggerModule.setup('api/docs', app, document, {
    jsonDocumentUrl: 'api/openapi.json',
    yamlDocumentUrl: 'api/openapi.yaml',
    customSiteTitle: 'Periodic Backup API',
  });
  return document;
}

/** What an operation asks of its caller, and what others are told. */
function tellRight(operation: Operation, { right, plans }: ApiRoute): void {
  const extended = operation as Operation & { 'x-right'?: string };
  extended['x-right'] = right;
  operation.security = right === 'everybody' ? [] : [{ token: [] }, { session: [] }];
  const needs = {
    everybody: 'Open to everybody.',
    caller: 'For whoever is logged in or sends a token.',
  }[right as string];
  const limits = plans === undefined ? ' Not for tokens that are limited to some plans.' : '';
  operation.description = [operation.description, `${needs ?? `Needs the right \`${right}\`.`}${limits}`]
    .filter(Boolean)
    .join('\n\n');
  refuses(
    operation,
    '401',
    right === 'everybody'
      ? 'Name or password is wrong'
      : 'Nobody is logged in, or the token is worth nothing',
  );
  refuses(
    operation,
    '403',
    right === 'everybody'
      ? 'A page of somebody else asks'
      : 'The caller lacks the right, or a page of somebody else asks',
  );
}

function refuses({ responses }: Operation, status: string, description: string): void {
  const content = { [PROBLEM_TYPE]: { schema: { $ref: '#/components/schemas/Problem' } } };
  responses[status] ??= { description, content };
}

/** Swagger gives every answer of an operation one media type; refusals have their own. */
function problemsAsProblems({ responses }: Operation): void {
  for (const [status, response] of Object.entries(responses)) {
    if (Number(status) < 400 || !response || !('content' in response) || !response.content) continue;
    const [content] = Object.values(response.content);
    if (content) response.content = { [PROBLEM_TYPE]: content };
  }
}
