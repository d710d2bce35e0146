import type { Entry, Kind } from './entry.js';
import {
  ColumnsWriter,
  type EntryColumns,
  MD5_BYTES,
  NO_SIZE,
  NUMBER_BYTES,
  PREFIX,
  ROW,
  SEPARATOR,
} from './entry-columns.js';
import { joinPath, lastNameOf, parentOf, ROOT, splitPath, type TreePath } from './tree-path.js';

/** So few are no columns. */
export const FEW = 8;

/** As a store tells them, or as they are kept. */
export type Entries = readonly Entry[] | EntryPage;

/**
 * A page of a listing. Whoever keeps a name of it keeps the page and the number of its row; an entry is made of that where all
 * of it is asked for. No path stands twice in it.
 */
export class EntryPage implements Iterable<Entry> {
  readonly count: number;
  private readonly others: ReadonlyMap<number, Entry> | null;
  private readonly rows: Buffer;

  constructor(readonly columns: EntryColumns) {
    const { count, others, rows } = columns;
    this.count = count;
    this.others = others.length > 0 ? new Map(others) : null;
    this.rows = Buffer.from(rows.buffer, rows.byteOffset, rows.byteLength);
  }

  static of(entries: Entries): EntryPage {
    if (entries instanceof EntryPage) return entries;
    if (entries.length < FEW) return new EntryPage(fewColumns(newestOf(entries)));
    const writer = new ColumnsWriter(ROOT, entries.length);
    for (const entry of entries) writer.entry(entry);
    return EntryPage.written(writer);
  }

  /** Of two rows of one name the later one counts. */
  static written(writer: ColumnsWriter): EntryPage {
    const page = new EntryPage(writer.columns());
    return writer.isDistinct ? page : EntryPage.of(newestOf([...page]));
  }

  /** Calls with each row, the directory that it is in, and its last name. */
  each(visit: (row: number, directory: TreePath, name: string) => void): void {
    const { directories, names } = this.columns;
    const all = names.split(SEPARATOR);
    for (let row = 0; row < this.count; row++) {
      const other = this.others?.get(row);
      if (other) {
        const { parent, name } = splitPath(other.path);
        visit(row, parent, name);
      } else visit(row, directories[this.wordAt(row, ROW.within)] ?? ROOT, all[row] ?? '');
    }
  }

  /** The entry of what is no plain file. */
  other(row: number): Entry | undefined {
    return this.others?.get(row);
  }

  kindOf(row: number): Kind {
    return this.other(row)?.kind ?? 'file';
  }

  /** Bytes; null where the server doesn't tell them. */
  sizeOf(row: number): number | null {
    const other = this.other(row);
    if (other) return other.size;
    const size = this.numberAt(row, ROW.fileSize);
    return size === NO_SIZE ? null : size;
  }

  mtimeOf(row: number): number {
    return this.other(row)?.mtimeMs ?? this.numberAt(row, ROW.mtime);
  }

  birthtimeOf(row: number): number {
    return this.other(row)?.birthtimeMs ?? this.numberAt(row, ROW.birthtime);
  }

  versionOf(row: number): string {
    return this.other(row)?.version ?? PREFIX + this.md5Of(row);
  }

  /** Is the content of a row the same as that of another one, maybe of another page? */
  isSameVersion(row: number, page: EntryPage, other: number): boolean {
    if (this.others || page.others) return this.versionOf(row) === page.versionOf(other);
    const [ours, theirs] = [row * ROW.size + ROW.md5, other * ROW.size + ROW.md5];
    for (let at = 0; at < MD5_BYTES; at++) if (this.rows[ours + at] !== page.rows[theirs + at]) return false;
    return true;
  }

  hasId(row: number): boolean {
    return this.idOf(row) !== null;
  }

  entryOf(row: number, path: TreePath): Entry {
    return (
      this.other(row) ?? {
        path,
        kind: 'file',
        size: this.sizeOf(row),
        mtimeMs: this.mtimeOf(row),
        birthtimeMs: this.birthtimeOf(row),
        version: this.versionOf(row),
        md5: this.md5Of(row),
        id: this.idOf(row),
        isReadOnly: false,
      }
    );
  }

  find(path: TreePath): Entry | undefined {
    let found: Entry | undefined;
    const [parent, last] = [parentOf(path), lastNameOf(path)];
    this.each((row, directory, name) => {
      if (name === last && directory === parent) found = this.entryOf(row, path);
    });
    return found;
  }

  paths(): readonly TreePath[] {
    const paths: TreePath[] = [];
    this.each((_, directory, name) => paths.push(joinPath(directory, name)));
    return paths;
  }

  [Symbol.iterator](): IterableIterator<Entry> {
    return this.paths()
      .map((path, row) => this.entryOf(row, path))
      .values();
  }

  private md5Of(row: number): string {
    const start = row * ROW.size + ROW.md5;
    return this.rows.toString('base64', start, start + MD5_BYTES);
  }

  private idOf(row: number): string | null {
    const other = this.other(row);
    if (other) return other.id;
    const start = row === 0 ? 0 : this.wordAt(row - 1, ROW.idEnd);
    return this.columns.ids.slice(start, this.wordAt(row, ROW.idEnd)) || null;
  }

  private numberAt(row: number, offset: number): number {
    return this.rows.readUIntLE(row * ROW.size + offset, NUMBER_BYTES);
  }

  private wordAt(row: number, offset: number): number {
    return this.rows.readUInt32LE(row * ROW.size + offset);
  }
}

const NO_ROWS = new Uint8Array(0);

const fewColumns = (entries: readonly Entry[]): EntryColumns => ({
  ...{ count: entries.length, directories: [], names: '', ids: '', rows: NO_ROWS },
  others: entries.map((entry, row) => [row, entry]),
});

/** Of two rows of one name the later one counts. */
function newestOf(entries: readonly Entry[]): readonly Entry[] {
  const paths = new Set<TreePath>();
  for (const { path } of entries) paths.add(path);
  if (paths.size === entries.length) return entries;
  const newest = new Map<TreePath, Entry>();
  for (const entry of entries) {
    const other = newest.get(entry.path);
    if (!other || other.mtimeMs <= entry.mtimeMs) newest.set(entry.path, entry);
  }
  return [...newest.values()];
}
