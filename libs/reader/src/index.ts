export {
  FileUnavailableError,
  type FileFailure,
  type FileOutcome,
  type FileTaker,
  type FileWant,
  type ReadPiece,
  type Taken,
} from './file-taker.js';
export {
  SnapshotReader,
  type ListRange,
  type OpenedSnapshot,
  type ReaderOptions,
} from './snapshot-reader.js';
