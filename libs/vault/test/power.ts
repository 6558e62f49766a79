import { spawnSync } from 'node:child_process';
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { canMount, run, unmount } from './mounted-directory.js';

/** FS_IOC_SHUTDOWN without flushing the log: what was not made durable is lost, as when the power fails. */
const CUT =
  'open(my $f, "<", $ARGV[0]) or die $!; my $how = pack("L", 2); ioctl($f, 0x8004587D, $how) or die $!';

/** A disk of its own whose power can be cut. */
export class PowerCutDisk {
  private constructor(
    private readonly image: string,
    readonly directory: string,
  ) {}

  /** Null where that is not possible: it needs root, a loop device, ext4 and perl. */
  static make(image: string, directory: string, sizeBytes: number): PowerCutDisk | null {
    if (!canMount() || spawnSync('perl', ['-e', '1']).status !== 0) return null;
    writeFileSync(image, '');
    truncateSync(image, sizeBytes);
    mkdirSync(directory, { recursive: true });
    try {
      run('mkfs.ext4', '-q', '-F', image);
      run('mount', '-o', 'loop', image, directory);
    } catch {
      return null;
    }
    return new PowerCutDisk(image, directory);
  }

  cut(): void {
    run('perl', '-e', CUT, this.directory);
  }

  /** Mounts it again: its journal is replayed. */
  restore(): void {
    unmount(this.directory);
    run('mount', '-o', 'loop', this.image, this.directory);
  }

  remove(): void {
    unmount(this.directory);
  }
}
