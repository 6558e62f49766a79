import type { Plan, Run, RunProblem, RunProgress } from '@periodic-backup/contracts';
import type { Addresses, Screen } from './screen.js';

/** One JSON object per line on `events`, for programs; the same in words on another screen. */
export class JsonScreen implements Screen {
  constructor(
    private readonly events: NodeJS.WritableStream,
    private readonly words: Screen,
  ) {}

  step(text: string): void {
    this.words.step(text);
  }

  warning(text: string): void {
    this.#event('warning', { text });
    this.words.warning(text);
  }

  problem(text: string): void {
    this.#event('problem', { text });
    this.words.problem(text);
  }

  started(addresses: Addresses, plans: readonly Plan[]): void {
    this.#event('started', { ...addresses, plans });
    this.words.started(addresses, plans);
  }

  progress(planName: string, progress: RunProgress): void {
    this.#event('progress', { planName, ...progress });
  }

  run(run: Run, problems: readonly RunProblem[], missedRuns: number): void {
    this.#event('run', { run, problems, missedRuns });
    this.words.run(run, problems, missedRuns);
  }

  stopped(exitCode: number): void {
    this.#event('stopped', { exitCode });
    this.words.stopped(exitCode);
  }

  #event(type: string, content: object): void {
    this.events.write(`${JSON.stringify({ ...content, type, at: new Date().toISOString() })}\n`);
  }
}
