import { apiRoutes, type ApiRoute } from '@periodic-backup/contracts';
import { z } from 'zod';
import { TestApi, startServers, type Servers } from './test-api.js';

type Content = Record<string, { schema?: { $ref?: string; allOf?: readonly { $ref?: string }[] } }>;
interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Record<string, { description: string; content?: Content }>;
}
interface Document {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Record<string, object> };
}

let servers: Servers;
let api: TestApi;
let document: Document;
beforeAll(async () => {
  servers = await startServers();
  api = await TestApi.start(servers);
  document = (await api.call<Document>('GET', '/api/openapi.json')).body;
});
afterAll(async () => {
  await api.close();
  await servers.stop();
});

const operations = (): [string, Operation][] =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, Operation] => [
      `${method} ${path}`,
      operation,
    ]),
  );

const known = apiRoutes as Readonly<Record<string, ApiRoute>>;

/** By the names of the route table: `GET /plans/{id}`. */
const served = (): Map<string, Operation> =>
  new Map(
    operations().map(([name, operation]) => {
      const [method = '', path = ''] = name.split(' ');
      return [`${method.toUpperCase()} ${path.replace('/api/v1', '')}`, operation];
    }),
  );

test('the document names every route that clients know, and no other', () => {
  expect(document.openapi).toMatch(/^3\./);
  expect([...served().keys()].sort()).toEqual(Object.keys(known).sort());
});

test.each(Object.keys(known))('%s asks and answers what clients take it for', (name) => {
  const { parameters = [], requestBody, responses } = served().get(name)!;
  const { query, body, answer } = known[name]!;
  const asked = parameters.filter((parameter) => parameter.in === 'query').map((parameter) => parameter.name);
  expect(asked.sort()).toEqual(Object.keys(query?.shape ?? {}).sort());
  expect(schemaName(requestBody)).toBe(body && idOf(body));
  if (answer === 'stream') return;
  const successes = Object.entries(responses).filter(([status]) => Number(status) < 300);
  for (const [status, response] of successes)
    expect([status, schemaName(response)]).toEqual(
      answer === null ? ['204', undefined] : [expect.stringMatching(/^20[012]$/), idOf(answer)],
    );
});

function schemaName(part: { content?: Content } | undefined): string | undefined {
  const schema = part?.content?.['application/json']?.schema;
  // A body that may be left out is wrapped.
  return (schema?.$ref ?? schema?.allOf?.[0]?.$ref)?.split('/').at(-1);
}

function idOf(schema: z.ZodType): string | undefined {
  const { id } = (schema instanceof z.ZodOptional ? (schema.unwrap() as z.ZodType) : schema).meta() ?? {};
  return id;
}

test('every operation has a success with a schema, and refusals that are problems', () => {
  for (const [name, { responses }] of operations()) {
    const statuses = Object.keys(responses).map(Number);
    expect([name, statuses.some((status) => status < 300)]).toEqual([name, true]);
    for (const [status, { content, description }] of Object.entries(responses)) {
      expect([name, status, description.length > 0]).toEqual([name, status, true]);
      if (status === '204' || /\/(events|content)$/.test(name)) continue;
      const type = Number(status) < 400 ? 'application/json' : 'application/problem+json';
      expect([name, status, Object.keys(content ?? {})]).toEqual([name, status, [type]]);
      expect([name, status, Object.keys(content![type]!.schema ?? {}).length > 0]).toEqual([
        name,
        status,
        true,
      ]);
    }
  }
});

test('every reference leads to a schema that says something', () => {
  const text = JSON.stringify(document);
  const references = [...text.matchAll(/"\$ref":"([^"]*)"/g)].map(([, reference]) => reference!);
  expect(references.length).toBeGreaterThan(30);
  for (const reference of new Set(references)) {
    expect(reference).toMatch(/^#\/components\/schemas\/[A-Za-z]+$/);
    const schema = document.components.schemas[reference.split('/').at(-1)!];
    expect([reference, Object.keys(schema ?? {}).length > 0]).toEqual([reference, true]);
  }
  expect(text).not.toMatch(/~standard|_zod/);
});

test('people find it at /api/docs', async () => {
  const page = await api.call<string>('GET', '/api/docs');
  expect([page.status, page.type.split(';')[0]]).toEqual([200, 'text/html']);
  expect((await api.call('GET', '/api/docs/swagger-ui-bundle.js')).status).toBe(200);
});
