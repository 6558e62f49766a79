import { readFileSync } from 'node:fs';
import { listProcesses, peakBytes, type ProcessInfo } from '../processes.js';

const TICKS_PER_SECOND = 100;
const SAMPLE_EVERY_MS = 2_000;

/** What the parts of a simulation cost, told apart by their command lines; only processes that this one started count. */
export class ProcessCosts {
  readonly #before = new Map<string, number>();
  readonly #peakShares = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  #startedAt = 0;

  constructor(private readonly parts: Readonly<Record<string, RegExp>>) {}

  /** Counts from now on. */
  start(): void {
    this.#startedAt = performance.now();
    for (const part of this.#names()) this.#before.set(part, this.#cpuSeconds(part));
    this.#timer = setInterval(() => this.#sample(), SAMPLE_EVERY_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Of one core, since the start: 0.5 is half of it. */
  coresOf(part: string): number {
    const seconds = (performance.now() - this.#startedAt) / 1000;
    return (this.#cpuSeconds(part) - (this.#before.get(part) ?? 0)) / seconds;
  }

  /** Largest sum of resident bytes, pages that several processes share counted once. */
  peakShareOf(part: string): number {
    this.#sample();
    return this.#peakShares.get(part) ?? 0;
  }

  /** Sum of what each process had resident at its own peak. */
  peakOf(part: string): number {
    return this.#processesOf(part).reduce((sum, { pid }) => sum + peakBytes(pid), 0);
  }

  #names(): string[] {
    return Object.keys(this.parts);
  }

  #sample(): void {
    for (const part of this.#names()) {
      const bytes = this.#processesOf(part).reduce((sum, { pid }) => sum + shareBytes(pid), 0);
      this.#peakShares.set(part, Math.max(bytes, this.#peakShares.get(part) ?? 0));
    }
  }

  #cpuSeconds(part: string): number {
    return this.#processesOf(part).reduce((sum, { pid }) => sum + cpuSeconds(pid), 0);
  }

  #processesOf(part: string): ProcessInfo[] {
    const pattern = this.parts[part];
    return ownProcesses().filter(({ command }) => pattern?.test(command));
  }
}

/** This process and everything below it. */
function ownProcesses(): ProcessInfo[] {
  const all = listProcesses();
  const own = new Set([process.pid]);
  for (let before = 0; before < own.size;) {
    before = own.size;
    for (const { pid, parentPid } of all) if (own.has(parentPid)) own.add(pid);
  }
  return all.filter(({ pid }) => own.has(pid));
}

/** Its own and that of children which have ended: a database ends idle connections, each a process. */
function cpuSeconds(pid: number): number {
  const stat = fileOf(pid, 'stat');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return [11, 12, 13, 14].reduce((sum, field) => sum + Number(fields[field] ?? 0), 0) / TICKS_PER_SECOND;
}

function shareBytes(pid: number): number {
  return Number(/^Pss:\s+(\d+) kB/m.exec(fileOf(pid, 'smaps_rollup'))?.[1] ?? 0) * 1024;
}

/** Empty if the process is gone. */
function fileOf(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'latin1');
  } catch {
    return '';
  }
}
