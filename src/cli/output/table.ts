import widthOf from 'fast-string-truncated-width';

export type Align = 'left' | 'right';

/** How wide a terminal shows a text: letters of East Asia and emoji take two columns. */
export const columnsOf = (text: string): number => widthOf(text).width;

/** A text that is no wider than that; what is left out of it, '…' stands for. */
export function cut(text: string, columns: number): string {
  if (columns === Number.POSITIVE_INFINITY) return text;
  const { index, truncated, ellipsed } = widthOf(text, { limit: columns, ellipsis: '…' });
  if (!truncated) return text;
  const left = [...text.slice(0, index)];
  const shown = (): string => left.join('') + (ellipsed ? '…' : '');
  // Behind some emoji the library finds room for one column more than there is.
  while (left.length > 0 && columnsOf(shown()) > columns) left.pop();
  return shown();
}

const GAP = '  ';

/**
 * Rows in columns as wide as their widest cell. The last column takes what is left of the terminal's width, and is cut
 * where it is too narrow.
 */
export function table(
  rows: readonly (readonly string[])[],
  align: readonly Align[],
  columns: number,
): string[] {
  const last = align.length - 1;
  const widths = align.map((_, at) => Math.max(0, ...rows.map((row) => columnsOf(row[at] ?? ''))));
  return rows.map((row) => {
    const cells = row.slice(0, last).map((cell, at) => padded(cell, widths[at] ?? 0, align[at] ?? 'left'));
    const before = cells.map((cell) => cell + GAP).join('');
    const end = row[last] ?? '';
    return cut(
      (before + (align[last] === 'right' ? padded(end, widths[last] ?? 0, 'right') : end)).trimEnd(),
      columns,
    );
  });
}

function padded(text: string, width: number, align: Align): string {
  const space = ' '.repeat(Math.max(0, width - columnsOf(text)));
  return align === 'left' ? text + space : space + text;
}

/** Names side by side, down the columns, as `ls` does on a terminal; one a line where the width is none. */
export function grid(names: readonly string[], columns: number): string[] {
  if (columns === Number.POSITIVE_INFINITY) return [...names];
  const widths = names.map(columnsOf);
  const width = Math.max(0, ...widths) + GAP.length;
  const across = Math.max(1, Math.floor((columns + GAP.length) / width));
  const down = Math.ceil(names.length / across);
  return Array.from({ length: down }, (_, row) => {
    const cells = names.flatMap((name, at) => (at % down === row ? [padded(name, width, 'left')] : []));
    return cells.join('').trimEnd();
  });
}
