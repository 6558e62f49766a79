/** Which row a key leads to; null: the key means nothing here. */
export function moveFor(
  key: string,
  { index, count, page }: { readonly index: number; readonly count: number; readonly page: number },
): number | null {
  const last = count - 1;
  if (last < 0) return null;
  const within = (wanted: number): number => Math.min(last, Math.max(0, wanted));
  switch (key) {
    case 'ArrowDown':
      return within(index + 1);
    case 'ArrowUp':
      return within(index - 1);
    case 'PageDown':
      return within(index + page);
    case 'PageUp':
      return within(index - page);
    case 'Home':
      return 0;
    case 'End':
      return last;
    default:
      return null;
  }
}
