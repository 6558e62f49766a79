import { canonicalJson } from '@periodic-backup/contracts';

const MAX_DETAIL_BYTES = 16 * 1024;

/** The detail as PostgreSQL gives it back: what JSON there cannot hold is replaced, what is huge is left out. */
export function storableDetail(detail: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const text = JSON.stringify(detail, (_name, value: unknown) =>
    typeof value === 'string' ? storableText(value) : value,
  );
  const storable = JSON.parse(text) as Record<string, unknown>;
  const bytes = Buffer.byteLength(canonicalJson(storable));
  return bytes <= MAX_DETAIL_BYTES ? storable : { leftOut: `${bytes} bytes` };
}

/** Text that PostgreSQL takes: no NUL, no half of a surrogate pair. */
export function storableText(text: string): string {
  return text.replaceAll(/[\0\p{Surrogate}]/gu, '\uFFFD');
}
