import type { ReceiverOffer } from '@periodic-backup/contracts';
import { temporaryDirectory, type TemporaryDirectory, ReadingServer } from '@periodic-backup/testing';
import { SnapshotReader } from '../src/index.js';
import { SNAPSHOT, TreeSource } from './tree-source.js';

/** A snapshot on disk, a receiver that serves it, and readers that are closed at the end. */
export class ReadingScene {
  readonly #readers: SnapshotReader[] = [];

  private constructor(
    readonly source: TreeSource,
    readonly server: ReadingServer,
    private readonly directory: TemporaryDirectory,
  ) {}

  static async open(): Promise<ReadingScene> {
    const directory = await temporaryDirectory();
    const source = new TreeSource(directory.path);
    return new ReadingScene(source, await ReadingServer.open(source), directory);
  }

  async connect(
    offers: readonly ReceiverOffer[] = [this.server.offer],
    signal?: AbortSignal,
  ): Promise<SnapshotReader> {
    const options = { software: 'test/1', ...(signal ? { signal } : {}) };
    const reader = await SnapshotReader.connect(offers, 'pbk1.t', options);
    this.#readers.push(reader);
    return reader;
  }

  /** A reader with the snapshot open. */
  async reader(): Promise<SnapshotReader> {
    const reader = await this.connect();
    await reader.open(SNAPSHOT);
    return reader;
  }

  async close(): Promise<void> {
    for (const reader of this.#readers) reader.close();
    await this.server.close();
    await this.directory.remove();
  }
}
