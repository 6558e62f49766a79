import { posix } from 'node:path';

/** True if `inner` is `outer` or lies below it, by its name alone: links are the agent's to resolve. */
export function isWithin(inner: string, outer: string): boolean {
  const relative = posix.relative(posix.resolve('/', outer), posix.resolve('/', inner));
  return relative === '' || (relative !== '..' && !relative.startsWith('../'));
}
