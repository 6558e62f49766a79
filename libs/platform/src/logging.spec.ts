import { createLogger } from './logging.js';

/** What a logger writes while `work` runs. */
function logged(work: (logger: ReturnType<typeof createLogger>) => void): Record<string, unknown>[] {
  const lines: Record<string, unknown>[] = [];
  const write = (line: string): void => void lines.push(JSON.parse(line) as Record<string, unknown>);
  work(createLogger('test', 'info', { write }));
  return lines;
}

test('values of a query that failed are not in the log; what failed, and why, is', () => {
  const cause = new Error('duplicate key value violates unique constraint');
  const error = Object.assign(
    new Error('Failed query: insert into users values ($1, $2)\nparams: ann,geheim\nsecond line', { cause }),
    { query: 'insert into users values ($1, $2)', params: ['ann', 'geheim'] },
  );
  const [line] = logged((logger) => logger.error({ err: error }, 'a request failed'));
  const text = JSON.stringify(line);
  expect(text).not.toMatch(/geheim|second line/);
  expect(text).toContain('insert into users');
  expect(text).toContain('duplicate key');
  expect((line?.['err'] as { stack: string }).stack).toMatch(/ at /);
});

test('credentials of a request are not in the log', () => {
  const req = { headers: { authorization: 'Bearer geheim', cookie: 'pbk_session=geheim', host: 'x' } };
  const [line] = logged((logger) => logger.info({ req, body: { password: 'geheim' } }, 'asked'));
  expect(JSON.stringify(line)).not.toContain('geheim');
  expect(line?.['req']).toEqual({ headers: { host: 'x' } });
});
