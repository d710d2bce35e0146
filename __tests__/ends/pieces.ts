export const COLUMNS = ['20 small files', 'a file of 6 MB', 'never closed', 'a second instance'] as const;
export type Column = (typeof COLUMNS)[number];

/** A file that is written before the end. */
export interface Piece {
  readonly column: Column;
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  /** 'whole' by `writeFileSync`; by the others it is written and left open. */
  readonly by: 'whole' | 'fd' | 'handle' | 'stream';
  /** The instance is closed behind it, and the next piece is written by another one. */
  readonly closes?: boolean;
}

/** Above what is kept in memory by default, 4 MiB. */
const SPOOLED = 4_500_000;

const small = Array.from({ length: 20 }, (_, index): Piece => {
  return { column: '20 small files', name: `small-${index}.txt`, size: 100 + index, by: 'whole' };
});

/** What is written by an instance that lives until the end. */
export const BY_ONE: readonly Piece[] = [
  ...small,
  { column: 'a file of 6 MB', name: 'large.bin', size: 6_000_000, by: 'whole' },
  { column: 'never closed', name: 'fd.txt', size: 1000, by: 'fd' },
  { column: 'never closed', name: 'large-fd.bin', size: SPOOLED, by: 'fd' },
  { column: 'never closed', name: 'handle.txt', size: 1000, by: 'handle' },
  { column: 'never closed', name: 'stream.txt', size: 1000, by: 'stream' },
];

/** What is written by two instances, the first of which was closed. */
export const BY_TWO: readonly Piece[] = [
  { column: 'a second instance', name: 'first.bin', size: SPOOLED, by: 'whole', closes: true },
  { column: 'a second instance', name: 'second.bin', size: SPOOLED, by: 'whole' },
];

/** What is written behind a first instance by the second one. */
export const BY_TWO_AND_MORE: readonly Piece[] = [...BY_TWO, ...BY_ONE];

const newContents = new Map<string, Buffer>();

/** As the process writes it. Of each file once: what a hundred processes end with would be gigabytes, and each start slower. */
export function newContent({ name, size }: Piece): Buffer {
  const content = newContents.get(name) ?? Buffer.alloc(size, `new ${name}\n`);
  newContents.set(name, content);
  return content;
}

/** As it was on the server before. Half of the files are new there. */
export const oldContent = ({ name }: Piece): string => `old ${name}\n`;

export const isOnServerBefore = (_: Piece, index: number): boolean => index % 2 === 0;
