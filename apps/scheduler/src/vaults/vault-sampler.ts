import { Injectable } from '@nestjs/common';
import { sampleVaults, type DiskRoom } from '@periodic-backup/ledger';
import { PresenceReader } from '../dispatch/presence-reader.js';
import { SchedulerRuntime } from '../runtime/scheduler-runtime.js';

/** Notes the space of every vault once an hour, so that its growth can be shown. */
@Injectable()
export class VaultSampler {
  constructor(
    private readonly runtime: SchedulerRuntime,
    private readonly presence: PresenceReader,
  ) {}

  /** Safe to repeat, by several schedulers at once. Waits until receivers have had the time to announce themselves. */
  async sample(now = new Date()): Promise<void> {
    if (!this.runtime.redisIsThere || !this.runtime.redisIsSettled(now.getTime())) return;
    const rooms = new Map<string, DiskRoom>();
    for (const { online, trusted, presence } of await this.presence.receivers()) {
      if (!online || !trusted) continue;
      const { vaultId, freeBytes, totalBytes } = presence;
      const known = rooms.get(vaultId);
      if (!known || freeBytes < known.freeBytes) rooms.set(vaultId, { freeBytes, totalBytes });
    }
    await sampleVaults(this.runtime.ledger, rooms, now);
  }
}
