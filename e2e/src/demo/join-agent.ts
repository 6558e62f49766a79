import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Invitation } from '@periodic-backup/contracts';
import { ServiceProcess } from '../support/service-process.js';
import type { DemoApi } from './demo-api.js';

const PROGRAM = resolve(import.meta.dirname, '../../../apps/sender-agent/dist/bundle.js');

export interface JoiningAgent {
  readonly id: string;
  /** Its folder; made here. */
  readonly home: string;
  readonly allowedDirs: readonly string[];
  readonly restoreDirs: readonly string[];
}

/** One more agent, as another machine becomes one: it is invited, joins and starts. Resolves when it is ready. */
export async function joinAgent(api: DemoApi, agent: JoiningAgent): Promise<ServiceProcess> {
  const { id, home, allowedDirs, restoreDirs } = agent;
  mkdirSync(home, { recursive: true });
  for (const directory of restoreDirs) mkdirSync(directory, { recursive: true });
  const { line } = await api.call<Invitation>('POST', 'agents/invitations', { id });
  const may = [
    ...allowedDirs.flatMap((directory) => ['--allow', directory]),
    ...restoreDirs.flatMap((directory) => ['--restore-dir', directory]),
  ];
  await promisify(execFile)(process.execPath, [PROGRAM, 'join', line, ...may, '--home', home]);
  return ServiceProcess.start('sender-agent', { AGENT_HOME: home });
}
