import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, ftruncateSync } from 'node:fs';

/** A file system of its own in a directory: small, so that it can be full, or ext4, so that its power can be cut. */
export class MountedDisk {
  private constructor(
    readonly directory: string,
    private readonly image: string | null,
  ) {}

  /** A tmpfs of `sizeMiB`. @throws Error that says what is missing */
  static tmpfs(directory: string, sizeMiB: number): MountedDisk {
    mkdirSync(directory);
    run('mount', '-t', 'tmpfs', '-o', `size=${sizeMiB}m,mode=755`, 'none', directory);
    return new MountedDisk(directory, null);
  }

  /** An ext4 on a loop device. @throws Error that says what is missing */
  static ext4(directory: string, image: string, sizeMiB: number): MountedDisk {
    mkdirSync(directory);
    const file = openSync(image, 'w');
    ftruncateSync(file, sizeMiB * 1024 * 1024);
    closeSync(file);
    run('mkfs.ext4', '-q', image);
    run('mount', '-o', 'loop', image, directory);
    return new MountedDisk(directory, image);
  }

  /** Stops the file system at this instant, its journal not flushed: what was not on stable storage is lost. */
  cutPower(): void {
    // EXT4_IOC_SHUTDOWN with EXT4_GOING_FLAGS_NOLOGFLUSH (linux/fs/ext4/ext4.h); perl is part of every Debian.
    const shutdown =
      'open(my $f, "<", $ARGV[0]) or die $!; my $how = pack("L", 2); ioctl($f, 0x8004587D, $how) or die $!';
    run('perl', '-e', shutdown, this.directory);
  }

  /** Power is back: the journal is replayed, and what survived can be seen. */
  restorePower(): void {
    run('umount', '-l', this.directory);
    run('mount', '-o', 'loop', this.image ?? '', this.directory);
  }

  unmount(): void {
    spawnSync('umount', ['-l', this.directory]);
  }
}

function run(command: string, ...args: string[]): void {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0)
    throw new Error(
      `${command} ${args.join(' ')} failed (this test needs root and loop devices): ${error?.message ?? stderr}`,
    );
}
