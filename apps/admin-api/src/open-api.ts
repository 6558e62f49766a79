import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { PROBLEM_TYPE } from './http/problem.js';
import { VERSION } from '@periodic-backup/platform';

/** Serves the description of the API: for people at /api/docs, for programs at /api/openapi.json. */
export function serveOpenApi(app: INestApplication, withToken: boolean): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setTitle('Periodic Backup')
    .setDescription('Plans, runs and snapshots. Every refusal is a problem+json (RFC 9457).')
    .setVersion(VERSION);
  if (withToken) builder.addBearerAuth().addSecurityRequirements('bearer');
  const document = problemsAsProblems(SwaggerModule.createDocument(app, builder.build()));
  SwaggerModule.setup('api/docs', app, document, {
    jsonDocumentUrl: 'api/openapi.json',
    yamlDocumentUrl: 'api/openapi.yaml',
    customSiteTitle: 'Periodic Backup API',
  });
  return document;
}

/** Swagger gives every answer of an operation one media type; refusals have their own. */
function problemsAsProblems(document: OpenAPIObject): OpenAPIObject {
  for (const path of Object.values(document.paths))
    for (const operation of [path.get, path.post, path.put, path.patch, path.delete])
      for (const [status, response] of Object.entries(operation?.responses ?? {})) {
        if (Number(status) < 400 || !response || !('content' in response) || !response.content) continue;
        const [content] = Object.values(response.content);
        if (content) response.content = { [PROBLEM_TYPE]: content };
      }
  return document;
}
