import type { AgentAnswer } from '@periodic-backup/contracts';
import { isNamed, type RefusalCode } from '../checks/run-refused.js';

/** A question that this machine does not answer as it stands. */
export class LookRefused extends Error {
  override readonly name = 'LookRefused';
  constructor(
    readonly code: 'NOT_ALLOWED' | 'UNREADABLE' | 'BAD_CURSOR' | 'BUSY' | 'GONE',
    message: string,
    /** Of the question; null: it is not about one. */
    readonly field: string | null = null,
  ) {
    super(message);
  }
}

const FIELDS: Partial<Record<RefusalCode, string>> = {
  SOURCE_NOT_ALLOWED: 'sourceDir',
  SOURCE_UNREADABLE: 'sourceDir',
  BACKUP_DIR_NOT_ALLOWED: 'backupDir',
  BACKUP_DIR_OVERLAP: 'backupDir',
  BACKUP_DIR_UNUSABLE: 'backupDir',
  DESTINATION_NOT_ALLOWED: 'destination',
  DESTINATION_UNUSABLE: 'destination',
};

/** The field of a question that a refusal is about. */
export function fieldOf(code: string): string | null {
  return FIELDS[code as RefusalCode] ?? null;
}

/** What is answered instead. */
export function refusalOf(error: unknown): Extract<AgentAnswer, { kind: 'refused' }> {
  const message = (error as Error).message;
  if (error instanceof LookRefused) return { kind: 'refused', code: error.code, field: error.field, message };
  if (isNamed(error)) return { kind: 'refused', code: error.code, field: fieldOf(error.code), message };
  return { kind: 'refused', code: 'INTERNAL', field: null, message: `The agent failed: ${message}` };
}
