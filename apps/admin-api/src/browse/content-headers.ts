import { isUtf8 } from 'node:buffer';
import mime from 'mime';
import { shown } from './snapshot-paths.js';

const UNKNOWN_TYPE = 'application/octet-stream';

/** Media type by the name's ending; text is said to be UTF-8, which most of it is. */
export function contentType(name: Buffer): string {
  const type = mime.getType(shown(name)) ?? UNKNOWN_TYPE;
  return type.startsWith('text/') ? `${type}; charset=utf-8` : type;
}

/**
 * RFC 6266: a download under its name, never a page of this site. `filename` is for old clients and plain ASCII;
 * `filename*` (RFC 5987) holds the name itself if it is UTF-8.
 */
export function contentDisposition(name: Buffer): string {
  const text = shown(name);
  const fallback = text.replace(/[^\x20-\x7e]|["\\%;/]/gu, '_') || 'download';
  const plain = `attachment; filename="${fallback}"`;
  return fallback === text || !isUtf8(name) ? plain : `${plain}; filename*=UTF-8''${extValue(text)}`;
}

/** RFC 5987 §3.2.1: all but attr-char is percent-encoded. */
function extValue(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
