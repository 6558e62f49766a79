import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';

/**
 * A name as zip can carry it: UTF-8. A part that is not gets U+FFFD for what cannot be read and a mark made of its
 * bytes, so that two such names never become one, and what lies in such a directory stays in it.
 */
export function zipName(name: Buffer): Buffer {
  if (isUtf8(name)) return name;
  const parts = name.toString('latin1').split('/');
  return Buffer.from(parts.map((part) => readable(Buffer.from(part, 'latin1'))).join('/'));
}

function readable(part: Buffer): string {
  if (isUtf8(part)) return part.toString();
  return `${part.toString()}~${createHash('sha256').update(part).digest('hex').slice(0, 8)}`;
}
