import { TestApi, startServers, type Servers } from './test-api.js';

interface Operation {
  readonly responses: Record<string, { description: string; content?: Record<string, { schema?: object }> }>;
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

test('the document names every endpoint', () => {
  expect(document.openapi).toMatch(/^3\./);
  expect(
    operations()
      .map(([name]) => name.replace('/api/v1/', ''))
      .sort(),
  ).toEqual([
    'delete alert-channels/{id}',
    'delete alert-rules/{id}',
    'delete plans/{id}',
    'delete snapshots/{id}/pin',
    'get agents',
    'get agents/{id}',
    'get alert-channels',
    'get alert-channels/{id}',
    'get alert-deliveries',
    'get alert-deliveries/{id}',
    'get alert-rules',
    'get alert-rules/{id}',
    'get alerts',
    'get events',
    'get plan-health',
    'get plans',
    'get plans/{id}',
    'get plans/{id}/deletion',
    'get plans/{id}/drills',
    'get plans/{id}/health',
    'get plans/{id}/history',
    'get plans/{id}/promises',
    'get plans/{id}/search',
    'get promises',
    'get receivers',
    'get runs',
    'get runs/{id}',
    'get runs/{id}/problems',
    'get snapshots',
    'get snapshots/{id}',
    'get snapshots/{id}/content',
    'get snapshots/{id}/diff/{otherId}',
    'get snapshots/{id}/entries',
    'get vaults',
    'get vaults/{id}',
    'patch agents/{id}',
    'patch alert-channels/{id}',
    'patch alert-rules/{id}',
    'patch plans/{id}',
    'patch receivers/{id}',
    'patch vaults/{id}',
    'post alert-channels',
    'post alert-channels/{id}/test',
    'post alert-rules',
    'post plans',
    'post plans/{id}/drill',
    'post plans/{id}/pause',
    'post plans/{id}/resume',
    'post plans/{id}/retention/preview',
    'post plans/{id}/run',
    'post plans/{id}/verify',
    'post runs/{id}/cancel',
    'post snapshots/{id}/restore',
    'post snapshots/{id}/verify',
    'post vaults/{id}/reindex',
    'put plans/by-name/{agentId}/{name}',
    'put snapshots/{id}/pin',
  ]);
});

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
