import { RedisUrlError, parseRedisUrl } from './redis-url.js';

test.each([
  ['redis://localhost', { kind: 'server', tls: false, host: { host: 'localhost', port: 6379 }, db: 0 }],
  [
    'rediss://ann:s%40cret@redis.example.org:6380/3',
    {
      ...{ kind: 'server', tls: true, username: 'ann', password: 's@cret' },
      ...{ host: { host: 'redis.example.org', port: 6380 }, db: 3 },
    },
  ],
  [
    'redis://:p@[::1]:7',
    { kind: 'server', tls: false, password: 'p', host: { host: '::1', port: 7 }, db: 0 },
  ],
  [
    'redis-sentinel://:p@a,b:26380/main/2?sentinelUsername=watch&sentinelPassword=w%2B',
    {
      ...{ kind: 'sentinel', tls: false, password: 'p', masterName: 'main', db: 2 },
      sentinels: [
        { host: 'a', port: 26379 },
        { host: 'b', port: 26380 },
      ],
      ...{ sentinelUsername: 'watch', sentinelPassword: 'w+' },
    },
  ],
  [
    'rediss-cluster://ann:p@a:7000,b',
    {
      ...{ kind: 'cluster', tls: true, username: 'ann', password: 'p' },
      nodes: [
        { host: 'a', port: 7000 },
        { host: 'b', port: 6379 },
      ],
    },
  ],
])('%s is understood', (url, address) => {
  expect(parseRedisUrl(url)).toEqual(address);
});

test.each([
  ['http://localhost', /must be redis:\/\//],
  ['redis-sentinels://a/main', /must be redis:\/\//],
  ['redis://', /has a host that cannot be read/],
  ['redis://a:0', /port that is not from 1 to 65535/],
  ['redis://a:99999', /port that is not from 1 to 65535/],
  ['redis://a:1,b:2', /names several hosts/],
  ['redis://a/first', /database that is not a number/],
  ['redis://ann@a', /user without a password/],
  ['redis://:50%@a', /"%" that encodes nothing/],
  ['rediss://a?rejectUnauthorized=false', /option that is not known here \(known: none\)/],
  ['redis-sentinel://a:26379', /must end with the name/],
  ['redis-sentinel://a:26379/main/0/1', /must end with the name/],
  ['redis-cluster://a/3', /must not name a database/],
  ['redis-cluster://a?sentinelPassword=p', /option that is not known here/],
])('%s is refused in words', (url, message) => {
  expect(() => parseRedisUrl(url)).toThrow(RedisUrlError);
  expect(() => parseRedisUrl(url)).toThrow(message);
});

test.each([
  'redis://ann:hidden@a:1,b:2',
  'redis://ann:hidden@a b',
  'http://ann:hidden@a',
  'redis://:hidden%@a',
  'redis://ann:hidden/more@a',
  'redis://ann:12345/hidden@a',
  'redis://ann:hidden?more@a',
  'redis://a:1?hidden=1',
  'redis-cluster://ann:1/hidden@a',
])('the refusal of %s does not show the password', (url) => {
  expect(() => parseRedisUrl(url)).toThrow(
    expect.not.objectContaining({ message: expect.stringContaining('hidden') }),
  );
});
