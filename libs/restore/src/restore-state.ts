import { readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readJson, writeJson } from '@periodic-backup/local-files';

const Begun = z.object({
  /** Nanoseconds since 1970. */
  beganNs: z.string().regex(/^\d+$/),
  bootId: z.string(),
  wireBytes: z.int().nonnegative(),
  /** The destination was made by this run, or was empty. */
  ownsDestination: z.boolean(),
});
type Begun = z.infer<typeof Begun>;

const NAME = /^[0-9a-f-]{36}\.(?:json|late|late\.drill)$/;
const KEPT_MS = 14 * 86_400_000;

/** What an agent keeps of a restore under way, so that another attempt goes on where this one stopped. */
export class RestoreState {
  #begun: Begun | null;
  #beganNs: bigint | null;

  private constructor(
    private readonly directory: string,
    private readonly runId: string,
  ) {
    this.#begun = Begun.safeParse(readJson(this.#file)).data ?? null;
    // After a power cut what was written may lack: then everything is looked at again.
    this.#beganNs = this.#begun?.bootId === bootId() ? BigInt(this.#begun.beganNs) : null;
  }

  /** Also forgets runs that no attempt came back to for two weeks. */
  static open(directory: string, runId: string): RestoreState {
    const before = Date.now() - KEPT_MS;
    for (const name of readdirSync(directory)) {
      const file = join(directory, name);
      if (NAME.test(name) && !name.startsWith(runId) && statSync(file).mtimeMs < before)
        rmSync(file, { force: true });
    }
    return new RestoreState(directory, runId);
  }

  /** True if an earlier attempt has begun to write. */
  get resumes(): boolean {
    return this.#begun !== null;
  }

  get ownsDestination(): boolean {
    return this.#begun?.ownsDestination ?? false;
  }

  /** Bytes that earlier attempts had from the wire. */
  get wireBytes(): number {
    return this.#begun?.wireBytes ?? 0;
  }

  /** Where links and directories are noted that are finished last. */
  get lateFile(): string {
    return join(this.directory, `${this.runId}.late`);
  }

  /** From here on something is written. */
  begin(ownsDestination: boolean): void {
    if (this.#begun) return;
    this.#beganNs = BigInt(Date.now()) * 1_000_000n;
    this.#begun = { beganNs: this.#beganNs.toString(), bootId: bootId(), wireBytes: 0, ownsDestination };
    writeJson(this.#file, this.#begun);
  }

  /** Keeps what the next attempt has to know. */
  save(wireBytes: number): void {
    if (!this.#begun) return;
    this.#begun = { ...this.#begun, wireBytes };
    writeJson(this.#file, this.#begun);
  }

  /** The run is over; nothing of it stays. */
  remove(): void {
    rmSync(this.#file, { force: true });
    for (const file of [this.lateFile, `${this.lateFile}.drill`]) rmSync(file, { force: true });
  }

  /** True if an inode changed at this time was last changed since an attempt of this run began, on this boot. */
  madeByRun(changedNs: bigint): boolean {
    return this.#beganNs !== null && changedNs >= this.#beganNs;
  }

  get #file(): string {
    return join(this.directory, `${this.runId}.json`);
  }
}

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return 'unknown';
  }
}
