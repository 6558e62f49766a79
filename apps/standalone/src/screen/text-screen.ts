import { join } from 'node:path';
import type { Plan, Run, RunProblem, RunProgress } from '@periodic-backup/contracts';
import { count, progressLine, scheduleInWords } from '@periodic-backup/terminal';
import { runLines } from './run-line.js';
import type { Addresses, Screen } from './screen.js';

const PLAIN_PROGRESS_EVERY_MS = 5000;
const DEFAULT_COLUMNS = 80;

/** Lines for people. On a terminal a run's progress is one line that rewrites itself. */
export class TextScreen implements Screen {
  #progressShown = false;
  #plainProgressAtMs = -Infinity;
  #places = { targetDir: '', logsDir: '' };
  #begun = false;

  constructor(private readonly stream: NodeJS.WriteStream) {}

  step(text: string): void {
    this.#begun = true;
    this.#line(text);
  }

  warning(text: string): void {
    this.#line(`Note: ${text}`);
  }

  problem(text: string): void {
    this.#line(text);
  }

  started(addresses: Addresses, plans: readonly Plan[]): void {
    this.#places = addresses;
    this.#line(`Snapshots   ${addresses.targetDir}`);
    this.#line(`Console     ${addresses.console}`);
    this.#line(`API         ${addresses.api}/api/docs`);
    this.#line(`Receiver    ${addresses.receiver}`);
    this.#line(`Logs        ${addresses.logsDir}`);
    for (const plan of plans)
      this.#line(
        `Plan        ${plan.name}: ${plan.sourceDir} ${scheduleInWords(plan.schedule)}${plan.pausedAt ? ', paused' : ''}`,
      );
    if (plans.length === 0) for (const line of howToAddAPlan(addresses)) this.#line(line);
  }

  progress(planName: string, progress: RunProgress): void {
    const columns = (this.stream.columns || DEFAULT_COLUMNS) - 1;
    const line = progressLine(planName, progress, columns);
    if (this.stream.isTTY) {
      this.stream.write(`\r\x1b[K${line.slice(0, columns)}`);
      this.#progressShown = true;
    } else if (performance.now() - this.#plainProgressAtMs >= PLAIN_PROGRESS_EVERY_MS) {
      this.#plainProgressAtMs = performance.now();
      this.#line(line);
    }
  }

  run(run: Run, problems: readonly RunProblem[], missedRuns: number): void {
    const [first = '', ...more] = runLines(run, { ...this.#places, problems });
    this.#line(missedRuns > 1 ? `${first} (${count(missedRuns, 'run')} in a row)` : first);
    for (const line of more) this.#line(line);
  }

  stopped(): void {
    // Where nothing was begun, the reason that was given says enough.
    if (this.#begun) this.#line('Stopped.');
  }

  #line(text: string): void {
    if (this.#progressShown) this.stream.write('\r\x1b[K');
    this.#progressShown = false;
    this.stream.write(`${text}\n`);
  }
}

function howToAddAPlan({ api, console: address, agentId, vaultId, allowedDirs }: Addresses): string[] {
  const body = {
    sourceDir: join(allowedDirs[0] ?? '/home', 'documents'),
    vaultId,
    schedule: { kind: 'every', everySeconds: 900 },
  };
  return [
    `No plan yet. Open ${address}plans/new, start with --source DIR, or add one:`,
    `  curl -X PUT ${api}/api/v1/plans/by-name/${agentId}/documents -H 'content-type: application/json' \\`,
    `    -d '${JSON.stringify(body)}'`,
  ];
}
