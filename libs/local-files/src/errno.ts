/** The errno name of a failed file call, such as `EACCES`; `UNKNOWN` for anything else. */
export function errnoOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  return typeof code === 'string' && /^E[A-Z0-9]+$/.test(code) ? code : 'UNKNOWN';
}

/** True if the path is gone, or something on its way is no longer a directory. */
export function isGone(code: string): boolean {
  return code === 'ENOENT' || code === 'ENOTDIR';
}

const WORDS: Readonly<Record<string, string>> = {
  EACCES: 'the agent may not read it; give its user the permission',
  EPERM: 'the system does not permit it',
  EIO: 'the disk reports a read or write error; check the hardware',
  ENOSPC: 'no space is left on the device',
  EROFS: 'the file system is read-only',
  ENAMETOOLONG: 'its path is longer than 4096 bytes or one name is longer than 255',
  EMFILE: 'too many files are open; raise the limit of the agent (ulimit -n)',
  ESTALE: 'the network file system has lost it',
  ELOOP: 'a symbolic link stands where none was',
  ENOTDIR: 'a file stands where a directory should be',
  ENOENT: 'it does not exist',
  EBUSY: 'it is in use',
};

/** What an errno means, for the person who has to do something about it. */
export function describeErrno(code: string): string {
  return WORDS[code] ?? `the system answers ${code}`;
}
