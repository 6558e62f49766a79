/** Columns as wide as their widest cell, two spaces between them; numbers are the caller's to align. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) =>
    Math.max(widthOf(title), ...rows.map((row) => widthOf(row[column] ?? ''))),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => cell + ' '.repeat(Math.max(0, (widths[column] ?? 0) - widthOf(cell))))
      .join('  ')
      .trimEnd();
  return [line(head), ...rows.map(line)].join('\n');
}

/** Names may hold control characters: a terminal shall show them, not obey them. */
export function shown(text: string): string {
  return text.replaceAll(
    /\p{Cc}/gu,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}

const graphemes = new Intl.Segmenter();
function widthOf(text: string): number {
  let width = 0;
  for (const { segment } of graphemes.segment(text))
    width +=
      /\p{Emoji_Presentation}|[\u1100-\u{1FAFF}]/u.test(segment) && segment.codePointAt(0)! >= 0x2e80 ? 2 : 1;
  return width;
}
