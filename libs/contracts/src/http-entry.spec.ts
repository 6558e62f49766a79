import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { build } from 'esbuild';

describe('the entry for clients of the API', () => {
  it('loads in a browser: nothing of Node in it, no parser of cron expressions', async () => {
    const { metafile } = await build({
      entryPoints: [join(import.meta.dirname, 'http-entry.ts')],
      bundle: true,
      write: false,
      metafile: true,
      format: 'esm',
      platform: 'browser',
    });
    const packages = Object.keys(metafile.inputs).map(
      (path) => /node_modules\/([^/]+)/.exec(path)?.[1] ?? '',
    );
    expect([...new Set(packages)].sort()).toEqual(['', 'zod']);
  });
});
