import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { seededBytes } from '@periodic-backup/testing';
import type { DemoSource } from './demo-sources.js';

/** The files of a source, which change from backup to backup as people's files do. */
export class SourceFiles {
  #made = 0;
  #age = 0;

  constructor(
    readonly directory: string,
    private readonly source: DemoSource,
  ) {}

  /** The next state of the directory, as somebody left it shortly before `at`. */
  growUntil(at: Date): void {
    const { filesAtFirst, filesPerBackup, changesPerBackup } = this.source;
    const changed = Array.from({ length: this.#age === 0 ? 0 : changesPerBackup }, (_, offset) =>
      Math.max(0, (this.#age * 7 + offset * 13) % Math.max(1, this.#made)),
    );
    const added = Array.from(
      { length: this.#age === 0 ? filesAtFirst : filesPerBackup },
      (_, offset) => this.#made + offset,
    );
    for (const index of [...changed, ...added]) this.#write(index, at);
    this.#made += added.length;
    this.#age++;
  }

  #write(index: number, at: Date): void {
    const path = join(this.directory, this.source.path(index));
    mkdirSync(dirname(path), { recursive: true });
    const block = seededBytes(`${path}:${this.#age}`, 4096);
    const sizeBytes = this.source.sizeKiB(index) * 1024 - (index % 700);
    writeFileSync(path, Buffer.alloc(Math.max(64, sizeBytes), block));
    const seconds = at.getTime() / 1000 - 60 - ((index * 311) % 3000);
    utimesSync(path, seconds, seconds);
  }
}
