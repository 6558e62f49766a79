/**
 * Paths inside snapshots are bytes. A key is one as base64url: what addresses of screens and queries have; the empty one
 * is the snapshot itself. Answers of the API have them in base64.
 */

export interface PathStep {
  readonly name: string;
  readonly key: string;
}

const SLASH = 0x2f;
// Bytes that are no UTF-8 are shown as U+FFFD, as everywhere.
const utf8 = new TextDecoder();

export function keyOf(pathBytes: string): string {
  return pathBytes.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/** As bodies of the API want it. */
export function base64Of(key: string): string {
  const unpadded = key.replaceAll('-', '+').replaceAll('_', '/');
  return unpadded.padEnd(Math.ceil(unpadded.length / 4) * 4, '=');
}

/** What a key says, for people; empty for one that says nothing. */
export function textOf(key: string): string {
  return utf8.decode(bytesOf(key));
}

/** Last part of the path. */
export function nameOf(key: string): string {
  return stepsOf(key).at(-1)?.name ?? '';
}

/** From the top down to the path itself. */
export function stepsOf(key: string): PathStep[] {
  const bytes = bytesOf(key);
  const ends = [...bytes.keys()].filter((at) => bytes[at] === SLASH);
  if (bytes.length > 0) ends.push(bytes.length);
  return ends.map((end, index) => ({
    name: utf8.decode(bytes.subarray(index === 0 ? 0 : ends[index - 1]! + 1, end)),
    key: encode(bytes.subarray(0, end)),
  }));
}

/** The directory that holds the path; of the snapshot itself: that. */
export function parentOf(key: string): string {
  return stepsOf(key).at(-2)?.key ?? '';
}

/** For text that somebody typed or an old link holds. */
export function keyOfText(text: string): string {
  return encode(new TextEncoder().encode(text));
}

/** An address can hold anything: what is no key is the snapshot itself. */
function bytesOf(key: string): Uint8Array {
  try {
    return Uint8Array.from(atob(base64Of(key)), (character) => character.charCodeAt(0));
  } catch {
    return new Uint8Array();
  }
}

function encode(bytes: Uint8Array): string {
  return keyOf(btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')));
}
