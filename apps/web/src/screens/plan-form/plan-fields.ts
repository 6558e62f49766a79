/** Fields of the form by the paths that the API knows them by, in the order in which they stand. */
export const FIELD_WORDS: Readonly<Record<string, string>> = {
  agentId: 'Agent',
  sourceDir: 'Source directory',
  name: 'Name',
  excludes: 'Left out',
  vaultId: 'Vault',
  receiver: 'Receiver',
  'receiver.host': 'Host',
  'receiver.port': 'Port',
  schedule: 'When',
  recoveryPointSeconds: 'Promised age',
  retention: 'How long',
  afterTransmit: 'After transmit',
  backupDir: 'Backup directory',
  bandwidth: 'Bandwidth',
  verifySchedule: 'Verification',
};

/** The field that a problem belongs to: `schedule.cron` to `schedule`. Null: to none. */
export function fieldOf(path: string): string | null {
  for (let part = path; part !== ''; part = part.slice(0, Math.max(0, part.lastIndexOf('.'))))
    if (part in FIELD_WORDS) return part;
  return null;
}

/** True if a problem at `path` is one of `field` or of something in it. */
export function isAt(path: string, field: string): boolean {
  return path === field || path.startsWith(`${field}.`);
}

/** Puts the keyboard where a field is. */
export function focusField(form: HTMLElement, field: string): void {
  const place = [...form.querySelectorAll<HTMLElement>('[data-field]')].find(
    ({ dataset }) => dataset['field'] === field,
  );
  const control = place?.querySelector<HTMLElement>('input, textarea, button');
  control?.focus();
  place?.scrollIntoView({ block: 'nearest' });
}
