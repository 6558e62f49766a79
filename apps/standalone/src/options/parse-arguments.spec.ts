import { describe, expect, it } from '@jest/globals';
import { InputError } from './input-error.js';
import { parseArguments } from './parse-arguments.js';

const surroundings = { cwd: '/here/dir', defaultDataDir: '/clone/.periodic-backup', homeDir: '/home/me' };
const parse = (...args: string[]) => {
  const parsed = parseArguments(args, surroundings);
  if (!parsed) throw new Error('Only --help gives nothing.');
  return parsed;
};
const problemsOf = (...args: string[]): readonly string[] => parse(...args).problems;

describe('parseArguments', () => {
  it('resolves relative directories against where the command was typed', () => {
    const { options } = parse('--source', './docs', '--source', '/srv/a', '--target', '../t');
    expect(options.sourceDirs).toEqual(['/here/dir/docs', '/srv/a']);
    expect(options.targetDir).toBe('/here/t');
  });

  it('counts a source that is named twice once', () => {
    expect(parse('--source', 'docs', '--source', './docs/').options.sourceDirs).toEqual(['/here/dir/docs']);
  });

  it('leaves what was not said undefined, so that a restart changes nothing', () => {
    const { options, problems } = parse('--source', 'docs');
    expect(problems).toEqual([]);
    expect(options).toMatchObject({
      targetDir: null,
      schedule: undefined,
      afterTransmit: undefined,
      excludes: undefined,
      backupDir: undefined,
      receiverPort: 7400,
      apiPort: 7300,
      maxClients: 10,
      dataDir: '/clone/.periodic-backup',
      once: false,
      json: false,
    });
  });

  it('lets plans of the API read the home directory only when no source is named', () => {
    expect(parse().options.allowedDirs).toEqual(['/home/me']);
    expect(parse('--source', 'docs').options.allowedDirs).toEqual([]);
    expect(parse('--source', 'docs', '--allow', '/srv').options.allowedDirs).toEqual(['/srv']);
  });

  it('reads every option of a plan', () => {
    const { options, problems } = parse(
      ...[
        '--source',
        's',
        '--after',
        'move',
        '--backup-dir',
        'b',
        '--exclude',
        '*.tmp',
        '--exclude',
        'cache/',
      ],
      ...['--cron', '0 2 * * *', '--timezone', 'Europe/Berlin', '--once', '--json'],
    );
    expect(problems).toEqual([]);
    expect(options).toMatchObject({
      afterTransmit: 'move',
      backupDir: '/here/dir/b',
      excludes: ['*.tmp', 'cache/'],
      schedule: { kind: 'cron', cron: '0 2 * * *', timezone: 'Europe/Berlin' },
      once: true,
      json: true,
    });
  });

  it('reports everything that is wrong at once', () => {
    const problems = problemsOf(
      ...[
        '--source',
        's',
        '--every',
        '5x',
        '--port',
        '0',
        '--max-clients',
        'many',
        '--after',
        'burn',
        '--nonsense',
      ],
    );
    expect(problems).toHaveLength(5);
  });

  it.each([
    [['--source', 's', '--every', '15m', '--cron', '* * * * *'], '--every and --cron exclude each other'],
    [['--source', 's', '--timezone', 'UTC'], '--timezone only has a meaning with --cron'],
    [['--source', 's', '--cron', '* * *'], 'has 3 fields'],
    [['--source', 's', '--cron', '0 2 * * *', '--timezone', 'Moon/Base'], '"Moon/Base" is not known'],
    [['--source', 's', '--after', 'copy'], '--after copy needs --backup-dir'],
    [['--source', 's', '--backup-dir', 'b'], '--backup-dir only has a meaning'],
    [['--source', 's', '--after', 'keep', '--backup-dir', 'b'], '--backup-dir only has a meaning'],
    [['--port', '7300'], 'choose two'],
    [['--host', 'nowhere!'], '"nowhere!" is not an address'],
    [['--source', 'a:b'], 'has a ":" in it'],
    [['--source', 's', '--exclude', ' '], '--exclude is empty'],
    [['--every', '1h'], '--every needs a --source'],
    [['docs'], 'a directory is named with --source docs'],
  ])('says what is wrong with %j', (args, words) => {
    expect(problemsOf(...args)).toEqual([expect.stringContaining(words)]);
  });

  it('refuses an option without its value', () => {
    expect(() => parse('--source')).toThrow(InputError);
  });
});
