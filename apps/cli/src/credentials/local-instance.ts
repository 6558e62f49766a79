import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readPrivateFile } from './private-file.js';

const LocalAccess = z.object({ api: z.string(), token: z.string() });
export type LocalAccess = z.infer<typeof LocalAccess>;

/**
 * Where the launcher's API listens and how its own programs get in: from its data folder, which `PBK_DATA` names. Null
 * if there is none, or if it belongs to another user of this machine.
 */
export function findLocalInstance(env: NodeJS.ProcessEnv): LocalAccess | null {
  const folder = env['PBK_DATA'];
  if (!folder) return null;
  const file = join(folder, 'pbk-access.json');
  try {
    accessSync(file, constants.R_OK);
  } catch {
    return null;
  }
  const text = readPrivateFile(file);
  return text === null ? null : (LocalAccess.safeParse(parseJson(text)).data ?? null);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
