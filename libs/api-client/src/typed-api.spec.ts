import { createServer, type IncomingMessage, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiError, ApiUnreachableError, typedApi, urlOf, type TypedApi } from './typed-entry.js';

let server: Server;
let api: TypedApi;
let seen: { method: string; url: string; body: string; type: string | undefined };
let answer: { status: number; body: string };

beforeAll(async () => {
  server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      seen = { method: request.method!, url: request.url!, body, type: request.headers['content-type'] };
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  api = typedApi(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
afterAll(() => {
  server.close();
});

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

const ID = '7e57ab1e-0000-4000-8000-000000000001';

describe('typedApi', () => {
  it('puts parameters, lists and bodies where the route has them', async () => {
    answer = { status: 200, body: '{"items":[],"nextCursor":null}' };
    const page = await api.call('GET /runs', { query: { state: ['failed', 'missed'], limit: 5 } });
    expect([seen.method, seen.url]).toEqual(['GET', '/api/v1/runs?state=failed&state=missed&limit=5']);
    expect(page.items).toEqual([]);
    await api.call('PATCH /receivers/{id}', { params: { id: 'attic/2' }, body: { draining: true } });
    expect(seen).toEqual({
      method: 'PATCH',
      url: '/api/v1/receivers/attic%2F2',
      body: '{"draining":true}',
      type: 'application/json',
    });
  });

  it('sends no body, and no type of one, where there is none', async () => {
    answer = { status: 202, body: `{"runId":"${ID}"}` };
    expect(await api.call('POST /plans/{id}/run', { params: { id: ID } })).toEqual({ runId: ID });
    expect([seen.body, seen.type]).toEqual(['', undefined]);
  });

  it('answers null where nothing is answered', async () => {
    answer = { status: 204, body: '' };
    expect(await api.call('DELETE /snapshots/{id}/pin', { params: { id: ID } })).toBeNull();
  });

  it("refuses in the API's own sentence, with the problems of each field", async () => {
    const errors = [{ path: 'sourceDir', message: 'must be an absolute path' }];
    const problem = { type: 'about:blank', title: 'Bad', status: 400, detail: 'It does not fit.', errors };
    answer = { status: 400, body: JSON.stringify(problem) };
    const refused: unknown = await api.call('GET /plans').catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ApiError);
    expect(refused).toMatchObject({
      status: 400,
      problem: { errors },
      message: 'It does not fit. (sourceDir must be an absolute path)',
    });
  });

  it('tells silence from refusal', async () => {
    const nobody = typedApi('http://127.0.0.1:1');
    await expect(nobody.call('GET /plans')).rejects.toBeInstanceOf(ApiUnreachableError);
  });

  it('gives addresses for links', () => {
    expect(
      urlOf('GET /snapshots/{id}/content', { params: { id: ID }, query: { path: ['a b/ü'], pathBytes: [] } }),
    ).toBe(`/api/v1/snapshots/${ID}/content?path=a+b%2F%C3%BC`);
  });

  it('does not compile for what the API does not have', () => {
    const wrong = (): unknown => [
      // @ts-expect-error there is no such route
      api.call('GET /planz'),
      // @ts-expect-error an id is needed
      api.call('GET /plans/{id}'),
      // @ts-expect-error a search needs a name
      api.call('GET /plans/{id}/search', { params: { id: ID }, query: {} }),
      // @ts-expect-error a body is needed
      api.call('POST /plans', {}),
      // @ts-expect-error events are no JSON
      api.call('GET /events'),
      // @ts-expect-error no such state of a run
      api.call('GET /runs', { query: { state: ['done'] } }),
    ];
    expect(wrong).toBeInstanceOf(Function);
  });
});
