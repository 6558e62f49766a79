import type { SnapshotCounts } from '@periodic-backup/contracts';
import { checkPath, comparePaths, type Entry, type Owners } from '@periodic-backup/protocol';
import { SessionError } from '@periodic-backup/protocol';
import { EntryListReader, EntryListWriter } from '../manifest/entry-list.js';
import type { ManifestFooter, ManifestHeader } from '../manifest/manifest-format.js';
import { ManifestWriter } from '../manifest/manifest-writer.js';
import { FolderTimes } from './folder-times.js';
import type { SnapshotContent } from './snapshot-content.js';
import type { StagingDirectory } from './staging-directory.js';

const MAX_OWNER_NAMES = 100_000;

/** Takes the settled entries in order: writes the manifest, keeps the counts, sets folder times, makes links last. */
export class SnapshotRecorder {
  /** Problems that the vault itself found. */
  ownProblems = 0;
  private entries = 0;
  private files = 0;
  private bytes = 0;
  private readonly users = new Map<string, string>();
  private readonly groups = new Map<string, string>();
  private readonly manifest: ManifestWriter;
  private lateLinks: EntryListWriter | null = null;
  private readonly times = new FolderTimes((directory, hasLateLinks) => {
    if (hasLateLinks) this.later(directory);
    else this.content.tree.setTime(directory.path, directory.mtimeNs);
  });

  constructor(
    private readonly staging: StagingDirectory,
    private readonly content: SnapshotContent,
    header: ManifestHeader,
  ) {
    this.manifest = new ManifestWriter(staging.draft, header);
  }

  add(entry: Entry): void {
    const recorded = entry.kind === 'hardlink' ? this.checkedHardLink(entry) : entry;
    this.manifest.add(recorded);
    this.times.add(recorded);
    this.entries++;
    if (recorded.kind === 'file') {
      this.files++;
      if (recorded.digest !== null) this.bytes += recorded.size;
    } else if (recorded.kind === 'symlink' || recorded.kind === 'hardlink') {
      this.later(recorded);
      this.times.markLateLink();
    }
  }

  /** What was recorded so far outlives this process. */
  flush(): void {
    this.manifest.flush();
  }

  addOwners({ users, groups }: Owners): void {
    for (const [id, name] of Object.entries(users)) this.users.set(id, name);
    for (const [id, name] of Object.entries(groups)) this.groups.set(id, name);
    if (this.users.size + this.groups.size > MAX_OWNER_NAMES)
      throw new SessionError('FLOOD', `The client named more than ${MAX_OWNER_NAMES} owners.`);
  }

  /** Completes tree and manifest; returns the manifest's footer and digest. Nothing is flushed to the disk yet. */
  finish(problems: number, committedAt: Date): { footer: ManifestFooter; digest: Buffer } {
    this.times.finish();
    this.makeLateLinks();
    const counts: SnapshotCounts = {
      entries: this.entries,
      files: this.files,
      bytes: this.bytes,
      ...this.content.counts,
      problems: problems + this.ownProblems,
    };
    const footer: ManifestFooter = {
      counts,
      users: Object.fromEntries(this.users),
      groups: Object.fromEntries(this.groups),
      committedAt: committedAt.toISOString(),
    };
    return { footer, digest: this.manifest.finish(footer) };
  }

  /** Safe to repeat. */
  close(): void {
    this.manifest.close();
    this.lateLinks?.close();
  }

  /** A hard link whose first name has no content here (it vanished, was unreadable) has none either: a problem. */
  private checkedHardLink(entry: Entry): Entry {
    const target = entry.target as Buffer;
    checkPath(target);
    if (comparePaths(target, entry.path) < 0 && this.content.tree.lstat(target)?.isFile()) return entry;
    this.ownProblems++;
    return { ...entry, kind: 'file', target: null, size: 0, unreadable: true };
  }

  private later(entry: Entry): void {
    this.lateLinks ??= new EntryListWriter(this.staging.lateLinks);
    this.lateLinks.add(entry);
  }

  /** Links come when no file is written any more: nothing a sender names can lead a write elsewhere. */
  private makeLateLinks(): void {
    this.lateLinks?.flush();
    this.lateLinks?.close();
    if (this.lateLinks === null) return;
    const { tree } = this.content;
    const late = EntryListReader.open(this.staging.lateLinks, { start: 0, end: null });
    for (let entry = late.current; entry !== null; late.advance(), entry = late.current) {
      const { kind, path, target, mtimeNs } = entry;
      if (kind === 'directory') tree.setTime(path, mtimeNs);
      else if (kind === 'hardlink') this.content.shareWithin(entry, target as Buffer);
      else {
        tree.remove(path);
        tree.makeSymlink(target as Buffer, path);
        tree.setSymlinkTime(path, mtimeNs);
      }
    }
    late.close();
  }
}
