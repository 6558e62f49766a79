import type { AlertKind, AlertSeverity } from '@periodic-backup/contracts';

/** Something that is wrong now. Of one kind there is at most one per subject. */
export interface Finding {
  readonly kind: AlertKind;
  readonly subject: string;
  readonly subjectName: string;
  readonly planId: string | null;
  /** The live plans it concerns. */
  readonly planIds: readonly string[];
  readonly severity: AlertSeverity;
  /** Sentences: what is wrong, and what to do. */
  readonly what: string;
  readonly advice: string;
  readonly since: Date;
}

/** As people read an instant: to the minute, UTC. */
export function minuteOf(instant: Date): string {
  return `${instant.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** A reason given elsewhere, as the end of a sentence. */
export function because(reason: string | null): string {
  if (!reason) return '.';
  return `: ${reason}${/[.!?]$/.test(reason) ? '' : '.'}`;
}

export function bytesInWords(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  const power = bytes < 1024 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** power;
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[power]}`;
}
