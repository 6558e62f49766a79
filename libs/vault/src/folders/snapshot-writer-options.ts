import type { ManifestFooter, ManifestHeader } from '../manifest/manifest-format.js';
import type { Manifest } from '../manifest/manifest-reader.js';
import type { SnapshotContent } from './snapshot-content.js';
import type { StagingDirectory } from './staging-directory.js';

/** What a snapshot writer works with: all of it made for one session. */
export interface SnapshotWriterOptions {
  readonly staging: StagingDirectory;
  readonly writerBeforeMayLive: boolean;
  readonly content: SnapshotContent;
  readonly header: ManifestHeader;
  /** Of the snapshot to share with, null if there is none that can be read. */
  readonly previousManifest: Manifest | null;
  /** The snapshot before is damaged, so that an older one or none stands in for it. */
  readonly previousIsLost: boolean;
  readonly accumulate: boolean;
  /** Makes a complete draft a snapshot. */
  readonly publish: (footer: ManifestFooter, manifestDigest: Buffer) => unknown;
  readonly clock: () => Date;
}
