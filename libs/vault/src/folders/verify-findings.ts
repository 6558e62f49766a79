import type { Damage } from '@periodic-backup/contracts';
import type { Entry } from '@periodic-backup/protocol';
import type { VerifyProgress, VerifyReport } from '../vault.js';
import type { PlanDamages } from './damage-register.js';

const NAMED_AT_MOST = 1000;

/** What a verification finds: told at its end, and noted in the vault where a backup or a restore has to know. */
export class VerifyFindings {
  private readonly damages: Damage[] = [];
  private damageCount = 0;

  constructor(private readonly noted: PlanDamages) {}

  /** The manifest or the receipt itself. */
  snapshotIsDamaged(snapshot: string, what: string): void {
    this.add({ snapshot, path: null, what });
  }

  entryIsDamaged(snapshot: string, { kind, path }: Entry, what: string): void {
    this.add({ snapshot, path: path.toString(), what });
    if (kind === 'file' || kind === 'hardlink') this.noted.note(snapshot, path, what);
  }

  entryIsWhole(snapshot: string, { path }: Entry): void {
    if (!this.noted.isEmpty) this.noted.clear(snapshot, path);
  }

  /** True if this or an earlier verification found it so. */
  isDamaged(snapshot: string, path: Buffer): boolean {
    return this.noted.whatOf(snapshot, path) !== null;
  }

  isStrange(snapshot: string, path: Buffer): void {
    this.add({ snapshot, path: path.toString(), what: 'is in the folder, but not in the manifest' });
  }

  report({ filesRead, bytesRead }: VerifyProgress): VerifyReport {
    return { filesRead, bytesRead, damages: this.damages, damageCount: this.damageCount };
  }

  private add(damage: Damage): void {
    this.damageCount++;
    if (this.damages.length < NAMED_AT_MOST) this.damages.push(damage);
  }
}
